import type { McpCall } from "../../../../workflow/definition/call.ts";
import type { McpServerDefinition } from "../../../mcp/server-definition.ts";
import { endpointUrl } from "../endpoint-uri.ts";
import { evaluateMap, evaluateText, textOf } from "../evaluate-parameters.ts";
import type { RunningCall } from "../guarded-call.ts";
import { requireConsent } from "../require-consent.ts";
import { authorizedScope, headerOf, resolveAuthentication } from "../resolve-authentication.ts";

type Transport = NonNullable<McpCall["transport"]>;
type Server = Omit<McpServerDefinition, "enabledTools">;

/** The server that a definition describes. @throws WorkflowFailure authorization for a program without consent */
export async function writtenServer(transport: Transport, call: RunningCall): Promise<Server> {
  return transport.kind === "http"
    ? httpServer(transport.value, call)
    : stdioServer(transport.value, call);
}

async function httpServer(
  { endpoint, headers }: Extract<Transport, { kind: "http" }>["value"],
  call: RunningCall,
): Promise<Server> {
  const authorization = await resolveAuthentication(endpoint.authentication, call);
  const scope = authorizedScope(call.scope, authorization);
  const url = endpointUrl(endpoint.uri, scope);
  const written = Object.entries(evaluateMap(headers, scope, "the headers")).map(
    ([name, value]) => [name, textOf(value, `the header ${name}`)] as const,
  );
  const sent = {
    ...(authorization ? { authorization: headerOf(authorization) } : {}),
    ...Object.fromEntries(written),
  };
  return { name: url.host, transport: { kind: "http", url: url.href, headers: sent } };
}

function stdioServer(
  {
    command: program,
    arguments: words,
    environment,
  }: Extract<Transport, { kind: "stdio" }>["value"],
  call: RunningCall,
): Server {
  const { scope, host } = call;
  const command = evaluateText(program, scope, "the command");
  const args = (words ?? []).map((word) => evaluateText(word, scope, "an argument"));
  const env = Object.fromEntries(
    [...(environment ?? [])].map(([name, value]) => [
      name,
      evaluateText(value, scope, `the variable ${name}`),
    ]),
  );
  const { folder } = host;
  const shown = {
    kind: "mcp",
    argv: [command, ...args],
    variables: Object.keys(env),
    folder,
  } as const;
  requireConsent(shown, call);
  return { name: command, transport: { kind: "stdio", command, args, env, cwd: folder } };
}
