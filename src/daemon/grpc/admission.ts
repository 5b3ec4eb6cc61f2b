import type { DescMethod } from "@bufbuild/protobuf";
import type { Metadata } from "@grpc/grpc-js";
import { StigmerError } from "../../contract/errors.ts";
import { metadataKeys } from "../../contract/metadata-keys.ts";
import { type AccessRule, accessRuleOf } from "./access-rule.ts";
import type { Transport } from "./handlers.ts";
import type { Authenticate, Principal } from "./principal.ts";

/**
 * What is known of a connection before its first call: it came through the unix socket in the
 * user's own folder, the kernel vouched for the user at its other end, or nobody did.
 */
export type ConnectionOrigin = "socket" | "own-tcp" | "unknown-tcp";

/** The part of a call that decides whether it is let in. */
export interface CallRequest {
  readonly metadata: Metadata;
  /** The `:authority` header. */
  readonly host: string | undefined;
}

/** Lets the calls of one method on one kind of connection in. */
export type Admit = (request: CallRequest) => Principal;

export interface AdmissionOptions {
  readonly method: DescMethod;
  readonly origin: ConnectionOrigin;
  readonly authenticate: Authenticate;
}

/**
 * Decides on whose behalf a call is made, and whether that may call this method.
 * @throws StigmerError unauthenticated, permission-denied, refused
 */
export function admission({ method, origin, authenticate }: AdmissionOptions): Admit {
  const rule = accessRuleOf(method);
  const transport = transportOf(origin);
  return ({ metadata, host }) => {
    refuseBrowsers(metadata);
    checkHost(host, transport);
    const principal = identify(metadata, origin, authenticate);
    checkAccess(principal, rule, transport);
    refuseCredentialsOnTcp(metadata, transport);
    refuseOrganisation(metadata);
    return principal;
  };
}

export function transportOf(origin: ConnectionOrigin): Transport {
  return origin === "socket" ? "socket" : "tcp";
}

const browserHeader = /^(origin|referer|sec-fetch-.*)$/;

/** A web page reaches loopback through its reader's browser, which always sends one of these. */
function refuseBrowsers(metadata: Metadata): void {
  const header = Object.keys(metadata.getMap()).find((key) => browserHeader.test(key));
  if (header === undefined) return;
  throw new StigmerError("refused", `calls with the header ${header} are refused`, {
    hint: "call from a program, not from a web page",
  });
}

const localHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;
const socketPath = /^unix:|\/|%2f/i;

/** A name that somebody pointed at loopback to get past a browser's rules is not one of ours. */
function checkHost(host: string | undefined, transport: Transport): void {
  if (host !== undefined && localHost.test(host)) return;
  if (transport === "socket" && (!host || socketPath.test(host))) return;
  throw new StigmerError("refused", `calls to the host "${host ?? ""}" are refused`, {
    hint: "call localhost, 127.0.0.1 or [::1]",
  });
}

/** A token that is given counts, also where none is needed: a runner does not become the user. */
function identify(
  metadata: Metadata,
  origin: ConnectionOrigin,
  authenticate: Authenticate,
): Principal {
  const header = metadata.get(metadataKeys.authorization)[0];
  if (header === undefined) return { kind: origin === "unknown-tcp" ? "anonymous" : "user" };
  const token = /^Bearer +(\S+)$/i.exec(String(header))?.[1];
  const principal = token === undefined ? undefined : authenticate(token);
  if (principal !== undefined) return principal;
  throw new StigmerError("unauthenticated", "the access token is not valid", {
    hint: 'send the content of run/token as "authorization: Bearer <token>"',
  });
}

function checkAccess(principal: Principal, rule: AccessRule, transport: Transport): void {
  if (rule === "public") return;
  if (rule === "nobody") throw denied("this method says not who may call it, so nobody may");
  if (principal.kind === "anonymous") {
    throw new StigmerError("unauthenticated", "an access token is needed on this connection", {
      hint: 'send the content of run/token as "authorization: Bearer <token>", or use the socket',
    });
  }
  if (principal.kind !== rule) throw denied(`a ${principal.kind} may not call this method`);
  // What a runner asks for includes secrets.
  if (rule === "runner" && transport === "tcp") throw denied("runners speak over the socket only");
}

function refuseCredentialsOnTcp(metadata: Metadata, transport: Transport): void {
  if (transport === "socket" || metadata.get(metadataKeys.credentials).length === 0) return;
  throw new StigmerError("refused", `${metadataKeys.credentials} is refused on TCP`, {
    hint: "send it over the unix socket: nobody else can listen there",
  });
}

/** A command that means the resources of an organisation must not get those of this machine. */
function refuseOrganisation(metadata: Metadata): void {
  const organisation = metadata.get(metadataKeys.organization)[0];
  if (organisation === undefined) return;
  const message = `a local daemon has no organisation "${String(organisation)}"`;
  throw new StigmerError("invalid-argument", message, {
    hint: `send no ${metadataKeys.organization}`,
  });
}

function denied(message: string): StigmerError {
  return new StigmerError("permission-denied", message);
}
