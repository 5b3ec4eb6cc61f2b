import { createHash } from "node:crypto";

import { StigmerError } from "../contract/errors.ts";
import { planChunks } from "./plan-chunks.ts";
import { planFaults } from "./plan-faults.ts";
import { findScript, modelNames, type Script, type ScriptSet } from "./script.ts";
import type { ScriptMessage, ScriptRequest, ScriptToolCall } from "./script-request.ts";
import type { ScriptTurn } from "./script-schema.ts";
import {
  lastToolResult,
  renderJson,
  renderTemplate,
  type TemplateContext,
} from "./script-template.ts";
import { matchCondition, type TurnCondition } from "./turn-condition.ts";
import type { PlanUsage, TurnPlan } from "./turn-plan.ts";

/**
 * What the scripted model answers to `request`. Pure: the same request always gets the same plan,
 * with the same tool call ids.
 *
 * @throws StigmerError `not-found` when no script plays `request.model`, `failed-precondition` when
 * the script has no turn left for this conversation.
 */
export function playTurn(scripts: ScriptSet, request: ScriptRequest): TurnPlan {
  const script = scriptFor(scripts, request.model);
  const { turn, index, captured } = chooseTurn(script, request);
  const fingerprint = fingerprintOf(script, request);
  const context = { request, captured };

  const think = renderTemplate(turn.think ?? "", context);
  const text = renderTemplate(turn.text ?? "", context);
  const toolCalls = planToolCalls(turn, context, fingerprint);
  const chunks = planChunks({ think, text, toolCalls }, turn.chunk);
  return {
    script: script.name,
    turn: index,
    fingerprint,
    think,
    text,
    toolCalls,
    chunks,
    usage: planUsage(turn, request, { think, text, toolCalls }),
    finish: turn.finish ?? (toolCalls.length > 0 ? "tool-calls" : "stop"),
    firstDelayMs: turn.firstDelayMs ?? 0,
    delayMs: turn.delayMs ?? 0,
    faults: planFaults(turn, chunks.length),
  };
}

function scriptFor(scripts: ScriptSet, model: string): Script {
  const script = findScript(scripts, model);
  if (script) return script;
  throw new StigmerError("not-found", `There is no script for the model "${model}".`, {
    hint: `Scripts: ${modelNames(scripts).join(", ")}`,
  });
}

interface ChosenTurn {
  readonly turn: ScriptTurn;
  readonly index: number;
  readonly captured: ReadonlyMap<string, string>;
}

/**
 * Plays the conversation since the last user message again: each assistant message stands for the
 * turn chosen at that point, and the next turn is looked for after it. Without `when` this is the
 * number of those messages; with it, a branch taken once is not taken again.
 */
function chooseTurn(script: Script, request: ScriptRequest): ChosenTurn {
  const { messages } = request;
  const turns = script.turns(request);
  const start = messages.findLastIndex((message) => message.role === "user") + 1;
  let next = 0;
  for (let end = start; end < messages.length; end++) {
    if (messages[end]?.role !== "assistant") continue;
    const played = firstMatching(turns, next, situation(request, start, end));
    next = played ? played.index + 1 : turns.length;
  }
  const chosen = firstMatching(turns, next, situation(request, start, messages.length));
  if (chosen) return chosen;
  throw new StigmerError(
    "failed-precondition",
    `The script "${script.name}" has no turn for this request: ` +
      `none of its ${turns.length} turns from number ${next + 1} on fits.`,
  );
}

/** The texts that `when` looks at. */
type Situation = Readonly<Record<"user" | "toolResult" | "system", string>>;

function situation(request: ScriptRequest, start: number, end: number): Situation {
  const user = request.messages[start - 1];
  return {
    user: user?.role === "user" ? user.text : "",
    toolResult: lastToolResult(request.messages.slice(start, end)) ?? "",
    system: request.system,
  };
}

function firstMatching(
  turns: readonly ScriptTurn[],
  from: number,
  texts: Situation,
): ChosenTurn | undefined {
  for (const [index, turn] of turns.entries()) {
    if (index < from) continue;
    const captured = matchAll(turn.when ?? {}, texts);
    if (captured) return { turn, index, captured };
  }
  return undefined;
}

type Conditions = { readonly [Name in keyof Situation]?: TurnCondition | undefined };

function matchAll(when: Conditions, texts: Situation): ReadonlyMap<string, string> | undefined {
  const captured = new Map<string, string>();
  for (const name of ["system", "user", "toolResult"] as const) {
    const condition = when[name];
    const groups = condition ? matchCondition(condition, texts[name]) : new Map<string, string>();
    if (!groups) return undefined;
    for (const [group, text] of groups) captured.set(group, text);
  }
  return captured;
}

function planToolCalls(
  turn: ScriptTurn,
  context: TemplateContext,
  fingerprint: string,
): ScriptToolCall[] {
  return (turn.tools ?? []).map(({ name, args }, index) => ({
    id: `call_${fingerprint}_${index}`,
    name,
    arguments: turn.malformedArgs ?? JSON.stringify(renderJson(args ?? {}, context)),
  }));
}

/** Ids of calls are left out: they are made from this, or by a client whose wire has none. */
function fingerprintOf(script: Script, request: ScriptRequest): string {
  const conversation = request.messages.map(withoutIds);
  const identity = JSON.stringify([script.name, request.model, request.system, conversation]);
  return createHash("sha256").update(identity).digest("hex").slice(0, 16);
}

function withoutIds(message: ScriptMessage): unknown {
  if (message.role !== "assistant") return [message.role, message.text];
  const calls = message.toolCalls.map((call) => [call.name, call.arguments]);
  return [message.role, message.text, calls];
}

type Answer = Pick<TurnPlan, "think" | "text" | "toolCalls">;

/** What the script does not state is estimated at four characters a token. */
function planUsage(turn: ScriptTurn, request: ScriptRequest, answer: Answer): PlanUsage {
  const { cacheRead = 0, cacheWrite = 0, ...given } = turn.usage ?? {};
  const reasoning = given.reasoning ?? tokensOf(answer.think);
  const said = answer.text + JSON.stringify(answer.toolCalls.map((call) => call.arguments));
  const heard = request.system + request.messages.map((message) => message.text).join("");
  return {
    input: given.input ?? cacheRead + cacheWrite + tokensOf(heard),
    output: given.output ?? reasoning + tokensOf(said),
    cacheRead,
    cacheWrite,
    reasoning: Math.min(reasoning, given.output ?? reasoning),
  };
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}
