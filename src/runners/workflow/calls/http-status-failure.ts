import { printableText } from "../../mcp/printable-text.ts";
import { type WorkflowFailure, standardFailure } from "../workflow-failure.ts";
import { type HttpAnswer, subjectOf } from "./http-exchange.ts";

const detailCharacters = 1000;

/** The error of an answer whose status is not one of success: its status, and what its body says. */
export function httpStatusFailure(answer: HttpAnswer): WorkflowFailure {
  const { status, statusText, headers, request } = answer;
  const title = `HTTP ${status}${statusText === "" ? "" : ` ${printableText(statusText)}`}`;
  const retryAfterMs = retryAfter(headers.get("retry-after"));
  return standardFailure(
    "communication",
    `${subjectOf(request)} answered ${status}${explanation(answer)}`,
    {
      status: status >= 100 && status <= 599 ? status : 500,
      title,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  );
}

function explanation({ status, headers, request, body }: HttpAnswer): string {
  const isRedirect = status >= 300 && status <= 399 && headers.has("location");
  if (isRedirect && !request.followsRedirects) return "; it redirects: `redirect: true` follows";
  const text = printableText(body.subarray(0, detailCharacters * 4).toString("utf8")).trim();
  if (text === "") return "";
  const cut =
    text.length > detailCharacters ? `${text.slice(0, detailCharacters).toWellFormed()}…` : text;
  return `: ${cut}`;
}

/** Seconds, or a date (RFC 9110, section 10.2.3); milliseconds from now. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
