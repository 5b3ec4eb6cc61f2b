import { StigmerError } from "../../contract/errors.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { type ChatPartner, chatTurn } from "../execute/chat-turn.ts";
import { exitCodes } from "../exit-codes.ts";
import { pipedLines, promptedLines } from "../input/message-lines.ts";
import type { Invocation } from "../invocation.ts";
import { itemOutput } from "../output/item-output.ts";
import { type OutputFormat, renderOutput } from "../output/render-output.ts";
import { deleteResources } from "../resources/delete-resources.ts";
import { listResources } from "../resources/list-resources.ts";
import { readSessionRecord } from "../resources/read-record.ts";
import { resolveSession, sessionKind } from "../resources/session-kind.ts";
import { sessionRecordView } from "../resources/session-record-view.ts";

export async function listSessions(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await listResources(sessionKind, invocation, context);
}

/** The session with the messages of all its executions. */
export async function getSession(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const record = await readSessionRecord(daemon, invocation.argument("SESSION"));
  return { output: itemOutput(sessionRecordView, record) };
}

export async function deleteSessions(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const references = invocation.arguments("SESSION");
  return await deleteResources(sessionKind, references, { invocation, context });
}

/** Sends message after message; a failed answer ends it unless somebody is there to go on. */
export async function chat(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { terminal, preferences, interruption, signal } = context;
  const lines = messageLines(invocation, context);
  let partner = await partnerOf(invocation.argument("AGENT|SESSION"), context);
  let answered: CommandResult = {};
  for await (const message of lines) {
    const { partner: next, ...turn } = await chatTurn(invocation, context, { partner, message });
    answered = isDocument(preferences.format) ? turn : await printed(turn, context);
    signal.throwIfAborted();
    if (turn.exitCode !== exitCodes.done && !terminal.canAsk) return answered;
    partner = next;
  }
  if (partner.session !== "") terminal.notice(`Go on: stigmer session chat ${partner.session}`);
  return { ...answered, exitCode: interruption.exitCode ?? exitCodes.done };
}

/** Two documents in a row would be none: the last answer's is printed at the end. */
function isDocument(format: OutputFormat): boolean {
  return format === "json" || format === "yaml";
}

/** Prints what a turn left to be printed; what remains is its exit code. */
async function printed(
  { output, exitCode }: CommandResult,
  { terminal, preferences }: CommandContext,
): Promise<CommandResult> {
  if (output) await terminal.data(renderOutput(output, preferences.format, terminal.style));
  return exitCode === undefined ? {} : { exitCode };
}

function messageLines(
  invocation: Invocation,
  context: CommandContext,
): AsyncGenerator<string, void, undefined> {
  const dash = invocation.optionalArgument("-");
  if (dash === "-") return pipedLines(context);
  if (dash !== undefined) {
    throw new StigmerError("usage", `"${dash}" is one argument too many.`, {
      hint: "A message goes with: stigmer agent execute NAME MESSAGE",
    });
  }
  if (context.terminal.canAsk) return promptedLines(context, "> ");
  throw new StigmerError("usage", "A chat needs a terminal.", {
    hint: "A trailing - reads messages from stdin, one a line.",
  });
}

/** A word that names a session, otherwise the agent of a new one. */
async function partnerOf(word: string, { daemon }: CommandContext): Promise<ChatPartner> {
  if (word !== "@last" && !word.startsWith("ses-")) return { agent: word, session: "" };
  return { agent: "", session: await resolveSession(daemon, word) };
}
