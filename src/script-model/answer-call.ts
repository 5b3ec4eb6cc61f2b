import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

import { StigmerError } from "../contract/errors.ts";
import { answerStream, cutStream } from "./answer-stream.ts";
import { historyProblems } from "./history-problems.ts";
import { playChunks } from "./play-chunks.ts";
import { playTurn } from "./play-turn.ts";
import type { JournalEntry, RequestOutcome } from "./request-journal.ts";
import type { ServerContext } from "./server-context.ts";
import type { StreamFault, TurnPlan } from "./turn-plan.ts";
import type { Wire, WireCall } from "./wire.ts";
import { failureResponse } from "./wire-response.ts";

interface Exchange {
  readonly wire: Wire;
  readonly call: WireCall;
  readonly entry: JournalEntry;
  /** Aborts when the client leaves or the server closes. */
  readonly signal: AbortSignal;
}

/**
 * Plays the turn that `call` asks for, with the fault this attempt meets.
 *
 * @throws StigmerError `invalid-argument` for a history the wire refuses; as {@link playTurn}.
 */
export async function answerCall(context: ServerContext, exchange: Exchange): Promise<Response> {
  const { wire, call, entry } = exchange;
  if (context.histories === "strict") refuseProblems(call);
  const plan = playTurn(context.scripts, call.request);
  const fault = context.faults.next(plan);
  entry.script = plan.script;
  entry.turn = plan.turn;
  if (fault) entry.fault = fault.kind;

  const answer: Answer = {
    ...exchange,
    plan,
    end: (outcome) => context.journal.close(entry, outcome),
  };
  try {
    if (plan.firstDelayMs > 0) await pause(plan.firstDelayMs, undefined, { signal: answer.signal });
    if (fault?.kind === "hang") return await hang(answer);
    if (fault?.kind === "fail") {
      entry.status = fault.failure.status;
      answer.end("faulted");
      return failureResponse(wire, fault.failure);
    }
    return call.stream ? streamed(answer, fault) : await whole(answer, fault);
  } catch (thrown) {
    if (!answer.signal.aborted) throw thrown;
    answer.end("abandoned");
    return Response.error();
  }
}

interface Answer extends Exchange {
  readonly plan: TurnPlan;
  readonly end: (outcome: RequestOutcome) => void;
}

function refuseProblems({ request, problems }: WireCall): void {
  const [problem] = [...problems, ...historyProblems(request.messages)];
  if (problem !== undefined) throw new StigmerError("invalid-argument", problem);
}

/** Never answers; the client or the server ends it. */
async function hang({ signal, end }: Answer): Promise<Response> {
  if (!signal.aborted) await once(signal, "abort");
  end("faulted");
  return Response.error();
}

function streamed(answer: Answer, fault: StreamFault | undefined): Response {
  const writer = answer.call.answer(answer.plan);
  answer.entry.status = 200;
  const headers = { "content-type": writer.streamType, "cache-control": "no-cache" };
  return new Response(answerStream(writer, { ...answer, fault }), { headers });
}

async function whole(answer: Answer, fault: StreamFault | undefined): Promise<Response> {
  const { wire, call, plan, entry, signal, end } = answer;
  for await (const event of playChunks(plan, fault, signal)) {
    if (event.kind !== "mid-error") continue;
    entry.status = event.failure.status;
    end("faulted");
    return failureResponse(wire, event.failure);
  }
  entry.status = 200;
  const body = JSON.stringify(call.answer(plan).whole());
  const headers = { "content-type": "application/json" };
  end(fault ? "faulted" : "completed");
  if (!fault) return new Response(body, { headers });
  const half = body.slice(0, body.length / 2);
  return new Response(fault.kind === "cut" ? cutStream(half) : half, { headers });
}
