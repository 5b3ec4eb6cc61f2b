/** Names of the gRPC metadata that calls carry beside their message. */
export const metadataKeys = {
  /** Makes a retried `create` one resource for 24 hours. */
  requestId: "stigmer-request-id",
  /** `true`: compute and validate, store nothing. */
  dryRun: "stigmer-dry-run",
  /** `true`: delete what refers to the resource too. */
  cascade: "stigmer-cascade",
  /** Serialised `ModelCredentials`; refused on anything but the unix socket. */
  credentials: "stigmer-credentials-bin",
  /** The organisation that is meant where a message names none. Refused by a local daemon. */
  organization: "stigmer-organization",
  /** `Bearer <token>`: the user's on TCP, a runner's on the socket. */
  authorization: "authorization",
} as const;

/** `apiVersion` of every resource. */
export const apiVersion = "agentic.stigmer.ai/v1";
