import { setTimeout as pause } from "node:timers/promises";

import { playChunks, type PlayEvent } from "./play-chunks.ts";
import type { RequestOutcome } from "./request-journal.ts";
import type { StreamFault, TurnPlan } from "./turn-plan.ts";
import type { AnswerWriter } from "./wire.ts";

interface StreamedAnswer {
  readonly plan: TurnPlan;
  readonly fault: StreamFault | undefined;
  readonly signal: AbortSignal;
  readonly end: (outcome: RequestOutcome) => void;
}

/** The bytes of a streamed answer, written as the reader takes them, up to the fault. */
export function answerStream(
  writer: AnswerWriter,
  { plan, fault, signal, end }: StreamedAnswer,
): ReadableStream<Uint8Array> {
  const texts = writeEvents(writer, playChunks(plan, fault, signal));
  return byteStream({
    async next() {
      try {
        const next = await texts.next();
        if (next.done) end(fault ? "faulted" : "completed");
        return next;
      } catch (thrown) {
        end(signal.aborted ? "abandoned" : "faulted");
        throw thrown;
      }
    },
    cancel: () => end("abandoned"),
  });
}

/** Sends `text`, then breaks the connection. */
export function cutStream(text: string): ReadableStream<Uint8Array> {
  const texts = textThenCut(text);
  return byteStream({ next: () => texts.next(), cancel: () => {} });
}

interface TextSource {
  next(): Promise<IteratorResult<string, void>>;
  cancel(): void;
}

function byteStream(source: TextSource): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await source.next();
        if (next.done) controller.close();
        else controller.enqueue(encoder.encode(next.value));
      },
      cancel: () => source.cancel(),
    },
    { highWaterMark: 0 },
  );
}

/** A reset discards what the other side has not read yet, so it must be given time to read. */
const beforeCutMs = 20;

async function cutConnection(): Promise<never> {
  await pause(beforeCutMs);
  throw new Error("scripted cut");
}

async function* textThenCut(text: string): AsyncGenerator<string, void, void> {
  yield text;
  await cutConnection();
}

async function* writeEvents(
  writer: AnswerWriter,
  events: AsyncIterable<PlayEvent>,
): AsyncGenerator<string, void, void> {
  const opening = writer.start();
  if (opening) yield opening;
  for await (const event of events) {
    const text = event.kind === "cut" ? await cutConnection() : textOf(writer, event);
    if (text) yield text;
  }
}

function textOf(writer: AnswerWriter, event: Exclude<PlayEvent, { kind: "cut" }>): string {
  if (event.kind === "chunk") return writer.chunk(event.chunk);
  if (event.kind === "mid-error") return writer.error(event.failure);
  return event.kind === "finish" ? writer.finish() : "";
}
