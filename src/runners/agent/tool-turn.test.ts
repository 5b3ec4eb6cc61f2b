import { describe, expect, test } from "bun:test";
import {
  ToolCallPhase,
  type ToolCallUpdate,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { LeaseLost } from "../durable/release.ts";
import type { ToolCallPart } from "./models/conversation.ts";
import { AgentTrial, answers, asks, says, type TrialTool } from "./testing/agent-trial.ts";

function updatesOf(trial: AgentTrial, callId: string): ToolCallUpdate[] {
  return trial.events.flatMap((event) =>
    event.case === "toolCall" && event.value.callId === callId ? [event.value] : [],
  );
}

function after(ms: number, text: string): TrialTool {
  const content = [{ kind: "text", text }] as const;
  return {
    run: async () => {
      await Bun.sleep(ms);
      return { isError: false, content, startedAtMs: 1, endedAtMs: 2 };
    },
  };
}

describe("tool calls of one answer", () => {
  test("run at the same time, and their results are in the order of the calls", async () => {
    const tools = { slow: after(20, "slow"), quick: after(0, "quick") };
    const trial = new AgentTrial({ replies: [asks("slow", "quick"), says("Done.")], tools });
    await trial.run();
    expect(trial.toldToModel).toEqual(["slow", "quick"]);
    const first = updatesOf(trial, "call-0").map(({ phase }) => phase);
    expect(first).toEqual([ToolCallPhase.STARTED, ToolCallPhase.COMPLETED]);
    expect(trial.calls[1]!.messages.at(-1)!.parts).toMatchObject([
      { kind: "tool-result", callId: "call-0", isError: false },
      { kind: "tool-result", callId: "call-1", isError: false },
    ]);
  });

  test("never run more at a time than the limit", async () => {
    let running = 0;
    let most = 0;
    const counted: TrialTool = {
      run: async () => {
        most = Math.max(most, ++running);
        await Bun.sleep(2);
        running -= 1;
        return { isError: false, content: [], startedAtMs: 1, endedAtMs: 2 };
      },
    };
    const replies = [asks(...Array.from({ length: 6 }, () => "counted")), says("Done.")];
    const limits = { maxParallelTools: 2 };
    await new AgentTrial({ replies, tools: { counted }, limits }).run();
    expect(most).toBe(2);
  });

  test("carry what the model wrote, and a key of their own", async () => {
    const replies = [asks("lookup", "lookup"), says("Done.")];
    const trial = new AgentTrial({ replies, tools: { lookup: answers("4") } });
    await trial.run();
    expect(trial.invocations.map((call) => [call.arguments, call.idempotencyKey])).toEqual([
      [{ index: 0 }, "aex-1/turn/1/call-0"],
      [{ index: 1 }, "aex-1/turn/1/call-1"],
    ]);
    expect(updatesOf(trial, "call-1")[0]!.arguments).toBe('{"index":1}');
  });
});

describe("a tool call that goes wrong", () => {
  test("with an unknown name is answered with the nearest one", async () => {
    const replies = [asks("lokup", "nothing"), says("Sorry.")];
    const trial = new AgentTrial({ replies, tools: { lookup: answers("4") } });
    await trial.run();
    expect(trial.toldToModel).toEqual([
      'tool-missing: there is no tool "lokup"; did you mean lookup?',
      'tool-missing: there is no tool "nothing"; there are: lookup',
    ]);
    expect(trial.invocations).toEqual([]);
    expect(updatesOf(trial, "call-0").at(-1)).toMatchObject({
      phase: ToolCallPhase.FAILED,
      error: { code: "tool-missing" },
    });
  });

  test("with arguments that are no JSON is answered with what was wrong", async () => {
    const call: ToolCallPart = {
      kind: "tool-call",
      callId: "call-0",
      name: "lookup",
      arguments: undefined,
      rawArguments: '{"q": ',
    };
    const trial = new AgentTrial({
      replies: [asks(call), says("Sorry.")],
      tools: { lookup: answers("4") },
    });
    await trial.run();
    expect(trial.toldToModel).toEqual(['tool-arguments: the arguments are not valid JSON: {"q": ']);
    expect(trial.invocations).toEqual([]);
    expect(updatesOf(trial, "call-0")[0]!.arguments).toBe('{"q": ');
  });

  test("in its tool is told to the model, which goes on", async () => {
    const broken: TrialTool = { run: () => Promise.reject(new Error("the disk is full")) };
    const tools = { broken, lookup: answers("4") };
    const trial = new AgentTrial({ replies: [asks("broken", "lookup"), says("So so.")], tools });
    expect(await trial.run()).toEqual({ kind: "completed", text: "So so." });
    expect(trial.toldToModel).toEqual(["internal: the disk is full", "4"]);
  });

  test("as its tool says keeps what the tool said", async () => {
    const refusing: TrialTool = {
      run: () =>
        Promise.resolve({
          isError: true,
          content: [{ kind: "text", text: "not for you" }],
          startedAtMs: 1,
          endedAtMs: 2,
        }),
    };
    const trial = new AgentTrial({
      replies: [asks("refusing"), says("Pity.")],
      tools: { refusing },
    });
    await trial.run();
    expect(trial.toldToModel).toEqual(["not for you"]);
    expect(updatesOf(trial, "call-0").at(-1)!.phase).toBe(ToolCallPhase.FAILED);
  });

  test("with its runner is not repeated unless that does no harm", async () => {
    let runs = 0;
    const dying = (repeatable: boolean): TrialTool => ({
      repeatable,
      run: async () => {
        runs += 1;
        if (runs === 2) trial.context!.loseLease("its runner died");
        if (runs <= 2) return await new Promise<never>(() => {});
        return { isError: false, content: [], startedAtMs: 1, endedAtMs: 2 };
      },
    });
    const tools = { writes: dying(false), reads: dying(true) };
    const replies = [asks("writes", "reads"), says("Checked.")];
    const trial: AgentTrial = new AgentTrial({ replies, tools });
    const lost = await trial.run().catch((thrown: unknown) => thrown);
    expect(lost).toBeInstanceOf(LeaseLost);
    expect(await trial.run()).toEqual({ kind: "completed", text: "Checked." });
    expect(trial.invocations.map(({ name }) => name)).toEqual(["writes", "reads", "reads"]);
    expect(trial.toldToModel).toEqual([expect.stringMatching(/^outcome unknown: .*not repeated/)]);
    expect(updatesOf(trial, "call-0").at(-1)!.phase).toBe(ToolCallPhase.UNKNOWN);
    expect(trial.unanswered).toEqual([]);
  });
});
