import { setTimeout as pause } from "node:timers/promises";
import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import { builtinScripts } from "../../../../script-model/builtin-scripts.ts";
import { FaultCounter } from "../../../../script-model/fault-counter.ts";
import { playChunks, type PlayEvent } from "../../../../script-model/play-chunks.ts";
import { playTurn } from "../../../../script-model/play-turn.ts";
import { loadScript } from "../../../../script-model/script-file.ts";
import { modelNames, type ScriptSet } from "../../../../script-model/script.ts";
import type {
  PlanChunk,
  PlanFailure,
  PlanFault,
  TurnPlan,
} from "../../../../script-model/turn-plan.ts";
import type { ProviderAdapter, ProviderConnection } from "../provider-adapter.ts";
import { toScriptRequest } from "./script-prompt.ts";

/** Plays a script in process: `script/NAME`, so that agents run with no model and no network. */
export const script: ProviderAdapter = {
  open(model, connection) {
    return {
      toolResultImages: "separate",
      canRead: () => true,
      doStream: async (options) => {
        const scripts = await loadScripts(connection);
        const plan = playTurn(scripts, toScriptRequest(model, options));
        const fault = faultOf(plan, connection.attempt);
        return { stream: play(plan, fault, connection) };
      },
    };
  },

  async listModels(connection) {
    return modelNames(await loadScripts(connection)).map((name) => ({ name, tools: true }));
  },
};

/** What is built in stays there beside a file that answers to every name. */
async function loadScripts({ settings }: ProviderConnection): Promise<ScriptSet> {
  if (settings.scriptFile === undefined) return builtinScripts;
  const own = await loadScript(settings.scriptFile);
  return { ...own, byModel: new Map([...builtinScripts.byModel, ...own.byModel]) };
}

/** The counter lives in this call only, so the earlier attempts are counted again. */
function faultOf(plan: TurnPlan, attempt: number): PlanFault | undefined {
  const counter = new FaultCounter();
  for (let earlier = 1; earlier < attempt; earlier++) counter.next(plan);
  return counter.next(plan);
}

async function* play(
  plan: TurnPlan,
  fault: PlanFault | undefined,
  { watch }: ProviderConnection,
): AsyncGenerator<LanguageModelV4StreamPart> {
  const { signal } = watch;
  watch.requestSent();
  if (fault?.kind === "fail") throw asRefusal(fault.failure);
  const delayMs = fault?.kind === "hang" ? longestPauseMs : plan.firstDelayMs;
  if (delayMs > 0) await pause(delayMs, undefined, { signal });
  for await (const event of playChunks(plan, fault?.kind === "hang" ? undefined : fault, signal)) {
    watch.dataReceived();
    yield* toStreamParts(event, plan, watch);
  }
  watch.dataComplete();
}

/** The longest a timer can be set to; the limits of the call end it. */
const longestPauseMs = 2 ** 31 - 1;

function* toStreamParts(
  event: PlayEvent,
  plan: TurnPlan,
  watch: ProviderConnection["watch"],
): Generator<LanguageModelV4StreamPart> {
  switch (event.kind) {
    case "chunk":
      yield* toChunkParts(event.chunk, plan);
      return;
    case "mid-error":
      yield { type: "error", error: asRefusal(event.failure) };
      return;
    case "cut":
      watch.connectionLost(new Error("cut by the script"));
      throw new Error("cut by the script");
    case "eof":
      return;
    case "finish":
      yield toFinish(plan);
  }
}

function* toChunkParts(chunk: PlanChunk, plan: TurnPlan): Generator<LanguageModelV4StreamPart> {
  if (chunk.kind === "think") yield { type: "reasoning-delta", id: "think", delta: chunk.text };
  if (chunk.kind === "text") yield { type: "text-delta", id: "text", delta: chunk.text };
  if (chunk.kind !== "tool") return;
  const call = plan.toolCalls[chunk.call];
  if (call === undefined) return;
  const { id, name } = call;
  if (chunk.first) yield { type: "tool-input-start", id, toolName: name };
  if (chunk.last) {
    yield { type: "tool-call", toolCallId: id, toolName: name, input: call.arguments };
  }
}

function toFinish({ finish, usage }: TurnPlan): LanguageModelV4StreamPart {
  const { input, output, cacheRead, cacheWrite, reasoning } = usage;
  return {
    type: "finish",
    finishReason: { unified: finish, raw: finish },
    usage: {
      inputTokens: { total: input, noCache: input - cacheRead - cacheWrite, cacheRead, cacheWrite },
      outputTokens: { total: output, text: output - reasoning, reasoning },
    },
  };
}

/** As a server with this script would answer. */
function asRefusal({ status, message, type, code, retryAfter }: PlanFailure): Error {
  return Object.assign(new Error(message), {
    statusCode: status,
    data: { error: { message, type, code } },
    responseHeaders: retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
  });
}
