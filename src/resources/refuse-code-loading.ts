import { StigmerError } from "../contract/errors.ts";
import type { McpServerSpec } from "../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import { isCodeLoadingVariable } from "../system/environment.ts";

/**
 * Refuses to keep a server whose start would be refused: a variable that loads code into the
 * program runs what nobody consented to.
 *
 * @param field of the spec, for the message
 * @throws StigmerError `refused` that names the variable
 */
export function refuseCodeLoading(spec: McpServerSpec, field: string): void {
  const found = declaredVariables(spec).find(({ name }) => isCodeLoadingVariable(name));
  if (!found) return;
  const message = `${found.name} could run code of its own choice, so no MCP server may set it`;
  const at = `${field}.${found.field}`;
  throw new StigmerError("refused", `${at}: ${message}`, {
    hint: `remove the variable ${found.name}`,
    violations: [{ field: at, rule: "code-loading", message }],
  });
}

interface DeclaredVariable {
  readonly name: string;
  readonly field: string;
}

function declaredVariables({ transport, variables }: McpServerSpec): DeclaredVariable[] {
  const own =
    transport.case === "stdio" || transport.case === "docker"
      ? Object.keys(transport.value.env).map((name) => ({
          name,
          field: `${transport.case}.env.${name}`,
        }))
      : [];
  const asked = variables.map(({ name }, index) => ({ name, field: `variables[${index}].name` }));
  return [...own, ...asked];
}
