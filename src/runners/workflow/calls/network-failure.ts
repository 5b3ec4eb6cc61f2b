import { messageOf } from "../../../contract/errors.ts";
import { printableText } from "../../mcp/printable-text.ts";
import { type WorkflowFailure, standardFailure } from "../workflow-failure.ts";

const reasons: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/ConnectionRefused|ECONNREFUSED/, "refused the connection"],
  [/ENOTFOUND|EAI_|DNSLookup|FailedToOpenSocket/, "cannot be found or reached"],
  [/ConnectionClosed|ECONNRESET|EPIPE/, "closed the connection before its answer was whole"],
  [/ETIMEDOUT|Timeout/, "did not answer in time"],
  [/CERT|SIGNATURE|TLS|SSL|ISSUER/, "has a TLS certificate that cannot be trusted"],
  [/Zlib|Decompress|Brotli|Zstd/i, "sent a body that cannot be unpacked"],
];

/** A request that got no whole answer, as an error that says why. @param what the other side, as a subject */
export function networkFailure(thrown: unknown, what: string): WorkflowFailure {
  const code = codeOf(thrown);
  const reason = reasons.find(([pattern]) => pattern.test(code))?.[1] ?? "cannot be talked to";
  const shown = code === "" ? printableText(messageOf(thrown)).slice(0, 200) : code;
  return standardFailure("communication", `${what} ${reason} (${shown})`);
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
