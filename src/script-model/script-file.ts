import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";

import type { Document } from "yaml";
import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

import { type FieldViolation, messageOf, StigmerError } from "../contract/errors.ts";
import { builtinScripts } from "./builtin-scripts.ts";
import { nearestName } from "../contract/nearest-name.ts";
import type { Script, ScriptSet } from "./script.ts";
import { scriptFileSchema, type ScriptFile, type ScriptTurn } from "./script-schema.ts";
import { knownKeys } from "./script-schema-keys.ts";
import { positionOfKey, positionOfValue } from "./yaml-position.ts";

/**
 * Reads a script: what a scripted model answers, turn by turn. YAML or JSON, strict.
 *
 * A file holds either `turns: [...]`, which answer for every model name, or
 * `scripts: { NAME: { turns: [...] } }`, chosen by model name beside the built-in `echo` and `auto`.
 *
 * The turn played is the one after those that the assistant messages since the last user message
 * have played, so that the same request always gets the same answer: repeated, after a crash, or in
 * parallel. A new user message starts again at the first turn.
 *
 * | field of a turn | unit, default | meaning |
 * |---|---|---|
 * | `think` | template | the thoughts before the answer |
 * | `text` | template | the answer |
 * | `tools` | `[{name, args}]`, args are templates | tools to call, in parallel |
 * | `malformedArgs` | text | sent instead of the arguments of every call of this turn |
 * | `usage` | tokens: `input, output, cacheRead, cacheWrite, reasoning`; estimated | `input` includes the cache counts, `output` includes reasoning |
 * | `finish` | `stop`, `length`, `tool-calls`, `content-filter`; from the content | why the model ended |
 * | `chunk` | characters, 20 | size of a streamed piece of thoughts, text and arguments |
 * | `firstDelayMs` | ms, 0 | before the answer starts |
 * | `delayMs` | ms, 0 | between two chunks |
 * | `fail` | `{times: 1, status, type, code, message, retryAfter}`; seconds | an error status, for the first `times` requests |
 * | `midError` | `{after: all chunks, type, code, message}` | an error inside the stream |
 * | `cutAfter` | chunks | the socket dies |
 * | `eofAfter` | chunks | the stream ends cleanly, without a finish |
 * | `hang` | `true` | the request is accepted and never answered |
 * | `faultTimes` | a number or `always`; `always` | how often the fault above happens (`fail.times` likewise) |
 * | `when` | `{user, toolResult, system}` | play only if all hold: a part of the text, or `/pattern/flags` |
 *
 * A turn whose `when` does not hold is passed over. `when` looks at the last user message, at the
 * last tool result since that message, and at the system text.
 *
 * | template | filled with |
 * |---|---|
 * | `{{user}}` | the last user message |
 * | `{{history:N}}` | the user message N before the last |
 * | `{{toolResult}}`, `{{toolResult:TOOL}}` | the last tool result of the conversation, of that tool |
 * | `{{match:GROUP}}` | what a group (number or name) of a pattern in `when` captured |
 * | `{{system}}`, `{{model}}`, `{{tools}}` | the system text, the model name, the names of the tools |
 *
 * @param sourceName the file's path, for positions in errors and for the name of its model.
 * @throws StigmerError `invalid-argument`, with a violation `FILE:LINE:COLUMN` for each mistake.
 */
export function parseScript(text: string, sourceName: string): ScriptSet {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${sourceName}:${line}:${col}`;
  };

  refuse(
    sourceName,
    document.errors.map((error) => syntaxViolation(error, at)),
  );
  const parsed = scriptFileSchema.safeParse(plainValue(document, sourceName));
  if (!parsed.success) {
    const { issues } = parsed.error;
    refuse(
      sourceName,
      issues.flatMap((issue) => issueViolations(issue, document, at)),
    );
    throw new StigmerError("internal", `No violation names what is wrong in ${sourceName}.`);
  }
  return toScriptSet(parsed.data, sourceName);
}

/** Reads the script file `path`. @throws StigmerError `invalid-argument`. */
export async function loadScript(path: string): Promise<ScriptSet> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new StigmerError(
      "invalid-argument",
      `Cannot read the script ${path}: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  });
  return parseScript(text, path);
}

function toScriptSet(file: ScriptFile, sourceName: string): ScriptSet {
  if (file.turns) {
    const name = basename(sourceName, extname(sourceName));
    return { byModel: new Map(), otherwise: fixedScript(name, file.turns) };
  }
  const own = Object.entries(file.scripts ?? {}).map(
    ([name, { turns }]) => [name, fixedScript(name, turns)] as const,
  );
  return { byModel: new Map([...builtinScripts.byModel, ...own]) };
}

function fixedScript(name: string, turns: readonly ScriptTurn[]): Script {
  return { name, turns: () => turns };
}

/** The document as plain values. @throws StigmerError for what only shows here: aliases run wild. */
function plainValue(document: Document, sourceName: string): unknown {
  try {
    return document.toJS();
  } catch (cause) {
    throw new StigmerError("invalid-argument", `${sourceName}: ${messageOf(cause)}`, { cause });
  }
}

type Locate = (offset: number) => string;

function syntaxViolation(
  error: { pos: [number, number]; code: string; message: string },
  at: Locate,
): FieldViolation {
  const [message = error.message] = error.message.split(/ at line \d+/);
  return { field: at(error.pos[0]), rule: error.code.toLowerCase(), message };
}

function issueViolations(
  issue: z.core.$ZodIssue,
  document: Document,
  at: Locate,
): FieldViolation[] {
  const rule = issue.code;
  if (issue.code !== "unrecognized_keys") {
    const where = issue.path.length ? `${issue.path.join(".")}: ` : "";
    const field = at(positionOfValue(document, issue.path));
    return [{ field, rule, message: `${where}${issue.message}` }];
  }
  const known = knownKeys(scriptFileSchema, issue.path);
  return issue.keys.map((key) => ({
    field: at(positionOfKey(document, issue.path, key)),
    rule,
    message: `Unknown key "${key}".${suggestion(key, known)}`,
  }));
}

function suggestion(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  return nearest === undefined
    ? ` Known here: ${known.join(", ")}.`
    : ` Did you mean "${nearest}"?`;
}

function refuse(sourceName: string, violations: readonly FieldViolation[]): void {
  const [first] = violations;
  if (!first) return;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  throw new StigmerError(
    "invalid-argument",
    `${sourceName} is not a valid script. ${first.field} ${first.message}${more}`,
    { violations },
  );
}
