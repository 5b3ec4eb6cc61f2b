import { template } from "../expression/expression-readers.ts";
import type { Template } from "../expression/template.ts";
import { mapOf, mapOfAll, oneOfProperties, optional, required } from "../reading/map-readers.ts";
import { type Place, type ReadBy, withSecrets } from "../reading/reading.ts";
import {
  anyJson,
  flag,
  listOf,
  mapped,
  nonEmptyText,
  notSupported,
  wholeNumber,
  word,
} from "../reading/value-readers.ts";
import { authentication } from "./authentication.ts";
import { duration } from "./duration.ts";
import { endpoint, externalResource } from "./external-resource.ts";

const outputForm = word("raw", "content", "response");

const http = mapOf(
  {
    method: required(nonEmptyText),
    endpoint: required(endpoint),
    headers: optional(template),
    body: optional(template),
    query: optional(template),
    output: optional(outputForm),
    redirect: optional(flag),
  },
  { url: "endpoint", uri: "endpoint", params: "query", payload: "body", data: "body" },
);

const openapi = mapOf(
  {
    document: required(externalResource),
    operationId: required(nonEmptyText),
    parameters: optional(template),
    authentication: optional(authentication),
    output: optional(outputForm),
    redirect: optional(flag),
  },
  { operation: "operationId" },
);

const grpcService = mapOf({
  name: required(nonEmptyText),
  host: required(template),
  port: optional(wholeNumber(1, 65_535)),
  authentication: optional(authentication),
});

/** Without `proto` the server is asked by reflection. */
const grpc = mapOf(
  {
    proto: optional(externalResource),
    service: required(grpcService),
    method: required(nonEmptyText),
    arguments: optional(template),
  },
  { args: "arguments", message: "arguments" },
);

const mcpTransport = oneOfProperties({
  http: mapOf({ endpoint: required(endpoint), headers: optional(template) }),
  stdio: mapOf({
    command: required(template),
    arguments: optional(listOf(template)),
    environment: optional(mapOfAll(template)),
  }),
});

const mcpMap = mapOf({
  method: required(nonEmptyText),
  parameters: optional(template),
  /** Ours: a stored MCP server in place of a transport. */
  server: optional(nonEmptyText),
  transport: optional(mcpTransport),
  timeout: optional(duration),
  client: optional(anyJson),
  protocolVersion: optional(nonEmptyText),
});

const mcp = mapped(mcpMap, (read, place) => {
  const isOne = (read.server === undefined) !== (read.transport === undefined);
  return isOne ? read : place.reading.refuse(place, "one-of", "takes one of server, transport");
});

/** Ours: an agent, awaited as a child execution. */
const agent = mapOf(
  {
    agent: required(template),
    message: required(template),
    session: optional(template),
    model: optional(template),
    environments: optional(listOf(nonEmptyText)),
    timeout: optional(duration),
    outputSchema: optional(anyJson),
  },
  { name: "agent", prompt: "message", input: "message", env: "environments" },
);

export type HttpCall = ReadBy<typeof http>;
export type OpenApiCall = ReadBy<typeof openapi>;
export type GrpcCall = ReadBy<typeof grpc>;
export type McpCall = ReadBy<typeof mcp>;
export type AgentCall = ReadBy<typeof agent>;

export type Call =
  | { readonly kind: "http"; readonly with: HttpCall }
  | { readonly kind: "openapi"; readonly with: OpenApiCall }
  | { readonly kind: "grpc"; readonly with: GrpcCall }
  | { readonly kind: "mcp"; readonly with: McpCall }
  | { readonly kind: "agent"; readonly with: AgentCall }
  /** An entry of `use.functions`; `with` is the input of its task. */
  | { readonly kind: "function"; readonly name: string; readonly with: Template | undefined };

/** What an agent or a function is told is recorded with it, so it is told no secret. */
const protocols = {
  http: withSecrets(http),
  openapi: withSecrets(openapi),
  grpc: withSecrets(grpc),
  mcp: withSecrets(mcp),
  agent,
} as const;
type Protocol = keyof typeof protocols;

const unsupported: ReadonlySet<string> = new Set(["asyncapi", "a2a"]);

/** Reads `with` of a task by its `call`. */
export function readCall(
  name: string,
  callPlace: Place,
  withPlace: Place | undefined,
): Call | undefined {
  if (unsupported.has(name)) return notSupported(callPlace, `call: ${name}`);
  if (name.includes("@") || name.includes("://"))
    return notSupported(callPlace, "a function of a catalog");
  if (callPlace.reading.useNames.of.functions.has(name)) {
    const parameters = withPlace && template(withPlace);
    return withPlace && !parameters ? undefined : { kind: "function", name, with: parameters };
  }
  if (!Object.hasOwn(protocols, name)) return refuseFunction(callPlace, name);
  // A call without parameters says which of them are missing.
  const parameters = protocols[name as Protocol](withPlace ?? { ...callPlace, value: {} });
  return parameters === undefined ? undefined : ({ kind: name, with: parameters } as Call);
}

function refuseFunction(place: Place, name: string): undefined {
  const known = [...Object.keys(protocols), ...place.reading.useNames.of.functions];
  const nearest = place.reading.nearest(name, known);
  const hint =
    nearest === undefined ? `there are ${known.join(", ")}` : `did you mean "${nearest}"?`;
  return place.reading.refuse(place, "unknown-name", `there is no function "${name}"; ${hint}`);
}
