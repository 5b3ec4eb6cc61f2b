import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { AgentExecutionEvent } from "../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { KindHome } from "./every-kind/kind-home.ts";

/** Long enough to be written in many pieces. */
const answer = Array.from({ length: 60 }, (_, index) => `word ${index}`).join(" ");

const scripts = {
  piecemeal: {
    turns: [
      { text: answer, chunk: 8, delayMs: 4, tools: [{ name: "no-such-tool" }] },
      { text: answer, chunk: 8, delayMs: 4 },
    ],
  },
  atOnce: {
    turns: [{ text: answer, chunk: 8, tools: [{ name: "no-such-tool" }] }, { text: answer }],
  },
  failing: { turns: [{ fail: { status: 400, message: "refused by the script" } }] },
};

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start({ scripts });
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

async function start(model = "script/piecemeal"): Promise<string> {
  const spec = { agent: "existing-agent", message: "Tell me", model };
  return (await home.executions.start(spec)).metadata!.id;
}

/** What is kept: all but the pieces of text. */
function kept(events: readonly AgentExecutionEvent[]): AgentExecutionEvent[] {
  return events.filter(({ event }) => event.case !== "delta");
}

function phaseOf({ event }: AgentExecutionEvent): ExecutionPhase | undefined {
  return event.case === "status" ? event.value.phase : undefined;
}

describe("a subscription", () => {
  test("starts with a snapshot, goes on in order and ends with the end", async () => {
    const events = await Array.fromAsync(home.executions.events(await start()));
    const [snapshot, ...others] = kept(events);
    expect(snapshot!.event.case).toBe("snapshot");
    const sequences = others.map(({ sequence }) => sequence);
    expect(sequences).toEqual([...new Set(sequences)].toSorted((a, b) => Number(a - b)));
    expect(events.map(phaseOf).filter((phase) => phase !== undefined)).toEqual([
      ExecutionPhase.EXECUTION_RUNNING,
      ExecutionPhase.EXECUTION_COMPLETED,
    ]);
    expect(phaseOf(events.at(-1)!)).toBe(ExecutionPhase.EXECUTION_COMPLETED);
  });

  test.each(["piecemeal", "atOnce"])(
    "sends text before the message it is of (%s)",
    async (model) => {
      const events = await Array.fromAsync(home.executions.events(await start(`script/${model}`)));
      const written = new Map<string, string>();
      const finished: string[] = [];
      for (const { event } of events) {
        if (event.case === "delta") {
          const { messageId, offset, text } = event.value;
          expect(finished).not.toContain(messageId);
          expect(offset).toBe(written.get(messageId)?.length ?? 0);
          written.set(messageId, (written.get(messageId) ?? "") + text);
        }
        if (event.case === "message") finished.push(event.value.id);
      }
      expect(written.size).toBeGreaterThan(0);
      for (const text of written.values()) expect(answer.startsWith(text)).toBe(true);
    },
  );

  test("resumes after any sequence with exactly what is missing", async () => {
    const id = await start();
    const whole = kept(await Array.fromAsync(home.executions.events(id, 0n)));
    for (const [index, { sequence }] of whole.entries()) {
      const rest = await Array.fromAsync(home.executions.events(id, sequence));
      expect(rest).toEqual(whole.slice(index + 1));
    }
  });

  test("that starts after the end has the snapshot of the end, and ends", async () => {
    const id = await start("script/echo");
    const status = await home.executions.end(id);
    const [snapshot, ...others] = await Array.fromAsync(home.executions.events(id));
    expect(snapshot!.event).toMatchObject({ case: "snapshot", value: { status } });
    expect(snapshot!.sequence).toBe(status.lastSequence);
    expect(others).toEqual([]);
  });

  test("is the same for twenty readers, of whom one does not read until the others are done", async () => {
    const id = await start();
    const slow = home.executions.events(id, 0n);
    const first = await slow.next();
    const seen = await Promise.all(
      Array.from({ length: 19 }, () => Array.fromAsync(home.executions.events(id, 0n))),
    );
    for (const events of seen) expect(kept(events)).toEqual(kept(seen[0]!));
    const rest = await Array.fromAsync(slow);
    expect(kept([first.value as AgentExecutionEvent, ...rest])).toEqual(kept(seen[0]!));
  });

  test("says why an execution failed", async () => {
    const events = await Array.fromAsync(home.executions.events(await start("script/failing")));
    const last = events.at(-1)!.event;
    expect(last).toMatchObject({
      case: "status",
      value: { phase: ExecutionPhase.EXECUTION_FAILED, error: { code: "invalid-request" } },
    });
  });

  test("of what is not there is refused", async () => {
    const events = Array.fromAsync(home.executions.events("aex-01m856vyfhqyzn67p5mhm5rm27"));
    expect((await failureOf(events)).code).toBe("not-found");
  });
});
