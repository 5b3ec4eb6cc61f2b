import { nearestName } from "../contract/nearest-name.ts";
import type { ScriptMessage, ScriptRequest } from "./script-request.ts";

/** The conversation a template speaks about, and what the turn's conditions captured. */
export interface TemplateContext {
  readonly request: ScriptRequest;
  readonly captured: ReadonlyMap<string, string>;
}

type Lookup = (context: TemplateContext, argument: string | undefined) => string | undefined;

const placeholders: Readonly<Record<string, Lookup>> = {
  user: ({ request }) => userTexts(request).at(-1),
  history: ({ request }, back) => userTexts(request).at(-1 - Number(back)),
  toolResult: ({ request }, tool) => lastToolResult(request.messages, tool),
  match: ({ captured }, group = "") => captured.get(group),
  system: ({ request }) => request.system,
  model: ({ request }) => request.model,
  tools: ({ request }) => request.tools.map((tool) => tool.name).join(", "),
};

/** Whether a placeholder takes an argument after a colon; those not named take none. */
const argumentOf: Readonly<
  Record<string, { pattern: RegExp; optional: boolean; meaning: string }>
> = {
  history: { pattern: /^[1-9]\d*$/, optional: false, meaning: "how many user messages back" },
  toolResult: { pattern: /./, optional: true, meaning: "the name of a tool" },
  match: { pattern: /^\w+$/, optional: false, meaning: "the number or name of a group" },
};

const placeholder = /(\\?)\{\{\s*([^{}]*?)\s*\}\}/g;

/**
 * Fills `{{name}}` and `{{name:argument}}`; what the conversation does not have is empty, and
 * `\{{` is a literal `{{`. The table of placeholders stands in `script-file.ts`.
 */
export function renderTemplate(text: string, context: TemplateContext): string {
  return text.replace(placeholder, (whole: string, escape: string, inner: string) => {
    if (escape) return whole.slice(1);
    const [name, argument] = splitPlaceholder(inner);
    return placeholders[name]?.(context, argument) ?? "";
  });
}

/** Fills every string inside a JSON value. Keys stay as they are. */
export function renderJson(value: unknown, context: TemplateContext): unknown {
  if (typeof value === "string") return renderTemplate(value, context);
  if (Array.isArray(value)) return value.map((item) => renderJson(item, context));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, renderJson(item, context)]),
  );
}

/** @returns what is wrong with the first bad placeholder of `text`, or undefined. */
export function misusedPlaceholder(text: string): string | undefined {
  for (const [, escape, inner = ""] of text.matchAll(placeholder)) {
    const problem = escape ? undefined : problemOf(inner);
    if (problem !== undefined) return `${problem} A literal {{ is written \\{{.`;
  }
  return undefined;
}

function problemOf(inner: string): string | undefined {
  const [name, argument] = splitPlaceholder(inner);
  if (!Object.hasOwn(placeholders, name)) {
    const nearest = nearestName(name, Object.keys(placeholders));
    return `There is no {{${name}}}.${nearest === undefined ? "" : ` Did you mean {{${nearest}}}?`}`;
  }
  const rule = argumentOf[name];
  if (!rule) return argument === undefined ? undefined : `{{${name}}} takes no argument.`;
  if (argument === undefined ? rule.optional : rule.pattern.test(argument)) return undefined;
  return `{{${name}:…}} needs ${rule.meaning}.`;
}

function splitPlaceholder(inner: string): [name: string, argument: string | undefined] {
  const colon = inner.indexOf(":");
  return colon < 0 ? [inner, undefined] : [inner.slice(0, colon), inner.slice(colon + 1).trim()];
}

function userTexts(request: ScriptRequest): string[] {
  return request.messages.flatMap((message) => (message.role === "user" ? [message.text] : []));
}

/** The text of the last tool result, of the named tool if one is named. */
export function lastToolResult(
  messages: readonly ScriptMessage[],
  tool?: string,
): string | undefined {
  const names = new Map<string, string>();
  let last: string | undefined;
  for (const message of messages) {
    if (message.role === "assistant") {
      for (const call of message.toolCalls) names.set(call.id, call.name);
    } else if (message.role === "tool") {
      if (tool === undefined || names.get(message.callId) === tool) last = message.text;
    }
  }
  return last;
}
