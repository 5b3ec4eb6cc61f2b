import { digestOf, type ShownProgram } from "../../../system/consent-store.ts";
import { printableText } from "../../mcp/printable-text.ts";
import { standardFailure } from "../workflow-failure.ts";
import type { RunningCall } from "./guarded-call.ts";

const nameOfKind = { shell: "command", script: "script", mcp: "MCP server" } as const;

/**
 * @throws WorkflowFailure configuration when what is shown holds a secret, authorization when the
 *   user has not consented to exactly that
 */
export function requireConsent(shown: ShownProgram, { host, secrets }: RunningCall): void {
  // Arguments of a program are there for every user of the machine to read.
  const visible = [...shown.argv, shown.source ?? ""];
  if (!Bun.deepEquals(secrets.redact(visible), visible)) {
    throw standardFailure(
      "configuration",
      "the command, its arguments or the script hold a secret, which others could read; pass it with environment or stdin",
    );
  }
  if (host.hasConsent(shown)) return;
  const what = shown.kind === "shell" ? (shown.argv[2] ?? "") : shown.argv.join(" ");
  const digest = digestOf(shown).slice(0, 12);
  throw standardFailure(
    "authorization",
    `the user has not consented to run this ${nameOfKind[shown.kind]} (${digest}): ${printableText(what).slice(0, 200)}`,
    { title: "No consent" },
  );
}
