import { describe, expect, test } from "bun:test";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type AgentExecution,
  AgentExecutionSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import {
  type AgentExecutionEvent,
  AgentExecutionEventSchema,
  TextDeltaSchema,
} from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { AgentMessageSchema } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { JournalEntryType } from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { TemporaryStore } from "../store/testing/temporary-store.ts";
import { agentExecutionFormat } from "./agent-execution-format.ts";
import { ChangeFeed } from "./change-feed.ts";
import { DeltaHub } from "./delta-hub.ts";
import { executionEvents } from "./execution-events.ts";

const id = "aex-1";

/** A stored execution whose journal the test writes. */
class JournaledExecution implements AsyncDisposable {
  readonly #temporary: TemporaryStore;
  readonly #feed: ChangeFeed;
  readonly #deltas: DeltaHub;
  #messages = 0;

  private constructor(temporary: TemporaryStore) {
    this.#temporary = temporary;
    this.#feed = new ChangeFeed(temporary.store);
    this.#deltas = new DeltaHub(this.#feed);
  }

  static async open(): Promise<JournaledExecution> {
    const temporary = await TemporaryStore.open();
    const body = toBinary(AgentExecutionSchema, create(AgentExecutionSchema));
    const kind = ApiResourceKind.AGENT_EXECUTION;
    const resource = { kind, id, org: "", slug: id, name: id, createdAt: 1, body };
    await temporary.store.write("createExecution", { resource });
    return new JournaledExecution(temporary);
  }

  events(afterSequence: number | undefined): AsyncGenerator<AgentExecutionEvent> {
    const { signal } = new AbortController();
    const sources = { read: this.#temporary.store.read, feed: this.#feed, deltas: this.#deltas };
    const snapshot = (): AgentExecution => create(AgentExecutionSchema);
    return executionEvents(sources, {
      format: agentExecutionFormat,
      executionId: id,
      afterSequence,
      snapshot,
      signal,
    });
  }

  async tool(callId: string): Promise<void> {
    await this.#append(`tool-call#${callId}`, { case: "toolCall", value: { callId } });
  }

  /** A finished message; its body stands in its own table. */
  async message(messageId: string): Promise<void> {
    const sequence = ++this.#messages;
    const body = toBinary(
      AgentMessageSchema,
      create(AgentMessageSchema, { id: messageId, sequence: BigInt(sequence) }),
    );
    await this.#append(`message#${sequence}`, undefined, [{ sequence, body }]);
  }

  async end(): Promise<void> {
    await this.#append("status@1/end", { case: "status", value: {} }, [], { kind: "end" });
  }

  async collect(): Promise<void> {
    await this.#temporary.store.write("collectExecutions", { ids: [id] });
  }

  text(messageId: string, text: string, executionId = id): void {
    this.#deltas.publish(executionId, create(TextDeltaSchema, { messageId, text }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#feed[Symbol.dispose]();
    await this.#temporary[Symbol.asyncDispose]();
  }

  async #append(
    key: string,
    event: MessageInitShape<typeof AgentExecutionEventSchema>["event"],
    messages: { sequence: number; body: Uint8Array }[] = [],
    next?: { kind: "end" },
  ): Promise<void> {
    const payload =
      event === undefined
        ? new Uint8Array()
        : toBinary(AgentExecutionEventSchema, create(AgentExecutionEventSchema, { event }));
    await this.#temporary.store.write("append", {
      executionId: id,
      fencingToken: null,
      expectedSeq: null,
      at: 1,
      entries: [{ type: JournalEntryType.EVENT, key, at: 1, payload }],
      messages,
      ...(next === undefined ? {} : { next }),
    });
  }
}

/** One word for each event, for short claims. */
function wordOf({ event }: AgentExecutionEvent): string {
  switch (event.case) {
    case "toolCall":
      return `tool ${event.value.callId}`;
    case "message":
      return `message ${event.value.id}`;
    case "delta":
      return `text ${event.value.text}`;
    default:
      return event.case ?? "nothing";
  }
}

async function wordsOf(events: AsyncIterable<AgentExecutionEvent>): Promise<string[]> {
  return (await Array.fromAsync(events)).map(wordOf);
}

describe("a reader of an execution", () => {
  test("sees each event once, whether it was there before or comes while it waits", async () => {
    await using execution = await JournaledExecution.open();
    await execution.tool("1");
    const events = execution.events(0);
    const seen: string[] = [];
    for (const next of ["2", "3", "4"]) {
      seen.push(wordOf((await events.next()).value as AgentExecutionEvent));
      await execution.tool(next);
    }
    await execution.end();
    seen.push(...(await wordsOf(events)));
    expect(seen).toEqual(["tool 1", "tool 2", "tool 3", "tool 4", "status"]);
  });

  test("that asks for a snapshot gets what comes after it", async () => {
    await using execution = await JournaledExecution.open();
    await execution.tool("1");
    const events = execution.events(undefined);
    const { value: snapshot } = await events.next();
    expect(snapshot).toMatchObject({ sequence: 1n, event: { case: "snapshot" } });
    await execution.tool("2");
    await execution.end();
    expect(await wordsOf(events)).toEqual(["tool 2", "status"]);
  });

  test("that is slow gets no piece of a message that is finished by now", async () => {
    await using execution = await JournaledExecution.open();
    await execution.tool("1");
    const events = execution.events(0);
    await events.next();
    execution.text("first", "begun");
    await execution.message("first");
    execution.text("second", "going on");
    const next = [await events.next(), await events.next()];
    expect(next.map(({ value }) => wordOf(value as AgentExecutionEvent))).toEqual([
      "message first",
      "text going on",
    ]);
    await execution.message("second");
    await execution.end();
    expect(await wordsOf(events)).toEqual(["message second", "status"]);
  });

  test("gets text at once, without a commit", async () => {
    await using execution = await JournaledExecution.open();
    const events = execution.events(0);
    const first = events.next();
    execution.text("first", "at once");
    expect(wordOf((await first).value as AgentExecutionEvent)).toBe("text at once");
    await events.return(undefined);
  });

  test("that does not read costs no more than a bounded piece of text", async () => {
    await using execution = await JournaledExecution.open();
    await execution.tool("1");
    const events = execution.events(0);
    await events.next();
    for (let index = 0; index < 40; index++) execution.text("first", "x".repeat(10_000));
    await execution.end();
    const seen = await Array.fromAsync(events);
    const waiting = seen.flatMap(({ event }) => (event.case === "delta" ? event.value.text : []));
    expect(waiting.join("").length).toBeLessThan(150_000);
    expect(wordOf(seen.at(0)!)).toBe("status");
  });

  test("is woken by its own execution only", async () => {
    await using execution = await JournaledExecution.open();
    const events = execution.events(0);
    const first = events.next();
    execution.text("first", "not for you", "aex-2");
    await execution.tool("1");
    expect(wordOf((await first).value as AgentExecutionEvent)).toBe("tool 1");
    await events.return(undefined);
  });
});

test("a reader of an execution that is collected meanwhile is told that it is gone", async () => {
  await using execution = await JournaledExecution.open();
  await execution.tool("first");
  const events = execution.events(0);
  expect((await events.next()).value).toMatchObject({ event: { case: "toolCall" } });
  await execution.end();
  await execution.collect();
  const outcome = await events.next().catch((thrown: unknown) => thrown);
  expect(outcome).toMatchObject({ code: "not-found" });
});
