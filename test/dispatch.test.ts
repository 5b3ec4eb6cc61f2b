import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { McpServerQueryController } from "../src/contract/gen/ai/stigmer/agentic/mcpserver/v1/query_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import {
  type RunnerInfo,
  SystemQueryController,
} from "../src/contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { KindHome } from "./every-kind/kind-home.ts";
import { until } from "./every-kind/until.ts";

const scripts = {
  slow: { turns: [{ text: "{{user}}", firstDelayMs: 300 }] },
  hanging: { turns: [{ hang: true }] },
};
const settings = {
  "runner.max": 2,
  "runner.idleTimeout": "600ms",
  "runner.leaseTime": "1500ms",
  "runner.heartbeat": "200ms",
};

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start({ scripts, settings });
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

async function start(model: string, session = ""): Promise<{ id: string; session: string }> {
  const agent = "existing-agent";
  const made = await home.executions.start({ agent, message: "Go", model, session });
  return { id: made.metadata!.id, session: made.spec!.session };
}

async function runners(): Promise<RunnerInfo[]> {
  return (await home.daemon.channel.unary(SystemQueryController.method.info, {})).runners;
}

/** The runner of an execution, as soon as that runs. */
async function runnerOf(id: string): Promise<RunnerInfo> {
  await home.executions.until(id, ({ event }) => event.case === "message");
  const found = (await runners()).find(({ executionId }) => executionId === id);
  if (!found) throw new Error(`${id} has no runner`);
  return found;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function noRunner(): Promise<void> {
  await until(async () => ((await runners()).length === 0 ? true : undefined));
}

/** Kills each runner as soon as it is seen, until the work is settled. Returns how many. */
async function killEachRunner(work: Promise<unknown>): Promise<number> {
  const killed = new Set<number>();
  const settled = work.then(
    () => true,
    () => true,
  );
  await until(async () => {
    for (const { pid } of await runners()) {
      if (isAlive(pid)) process.kill(pid, "SIGKILL");
      killed.add(pid);
    }
    return await Promise.race([settled, Promise.resolve(undefined)]);
  });
  return killed.size;
}

describe("runners", () => {
  test("work at the same time up to the limit, and no more", async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => start("script/slow")));
    const ends = await Promise.all(made.map(({ id }) => home.executions.end(id)));
    const spans = ends.map(({ startedAt, endedAt }) => ({
      from: timestampMs(startedAt!),
      to: timestampMs(endedAt!),
    }));
    const atOnce = spans.map(
      ({ from }) => spans.filter((other) => other.from <= from && from < other.to).length,
    );
    expect(Math.max(...atOnce)).toBe(2);
  });

  test("serve the next execution of their session, and no other session", async () => {
    const first = await start("script/slow");
    const { pid } = await runnerOf(first.id);
    await home.executions.end(first.id);
    const [second, other] = [await start("script/slow", first.session), await start("script/slow")];
    const [next, another] = await Promise.all([runnerOf(second.id), runnerOf(other.id)]);
    expect(next.pid).toBe(pid);
    expect(another.pid).not.toBe(pid);
    await Promise.all([second, other].map(({ id }) => home.executions.end(id)));
  });

  test("end when they are idle for long enough", async () => {
    const { id } = await start("script/slow");
    const { pid } = await runnerOf(id);
    await home.executions.end(id);
    expect(isAlive(pid)).toBe(true);
    await until(() => (isAlive(pid) ? undefined : true));
    await noRunner();
  });

  test("that hang are replaced, and the execution goes on", async () => {
    const { id } = await start("script/slow");
    const { pid } = await runnerOf(id);
    process.kill(pid, "SIGSTOP");
    expect(await home.executions.end(id)).toMatchObject({
      phase: ExecutionPhase.EXECUTION_COMPLETED,
      output: "Go",
      attempts: 2,
    });
    await until(() => (isAlive(pid) ? undefined : true));
  });

  test("that die in vain five times end the execution, and not the daemon", async () => {
    await noRunner();
    const { id } = await start("script/slow");
    const ended = home.executions.end(id);
    expect(await killEachRunner(ended)).toBe(5);
    const status = await ended;
    expect(status).toMatchObject({
      phase: ExecutionPhase.EXECUTION_FAILED,
      error: { code: "runner", hint: "stigmer local logs" },
    });
    expect(status.error!.message).toStartWith("5 runners in a row ended before they recorded");
    const next = await start("script/slow");
    expect((await home.executions.end(next.id)).output).toBe("Go");
  });

  test("that are busy do not hold up a cancel", async () => {
    const busy = await Promise.all([start("script/hanging"), start("script/hanging")]);
    await Promise.all(busy.map(({ id }) => runnerOf(id)));
    const waiting = await start("script/hanging");
    await home.executions.cancel(waiting.id, "");
    expect(await home.executions.end(waiting.id)).toMatchObject({
      phase: ExecutionPhase.EXECUTION_CANCELLED,
    });
    await Promise.all(busy.map(({ id }) => home.executions.cancel(id, "")));
    await Promise.all(busy.map(({ id }) => home.executions.end(id)));
  });
});

describe("a job", () => {
  const kind = kindOf(ApiResourceKind.MCP_SERVER);
  const { method } = McpServerQueryController;

  /** Asks for the tools of a server that never answers. */
  async function listHangingTools(signal?: AbortSignal): Promise<unknown> {
    const slug = `hanging-${crypto.randomUUID()}`;
    const value = { command: "sleep", args: ["1000"] };
    const spec = { transport: { case: "stdio", value } };
    await home.client(kind).create({ metadata: { slug }, spec });
    const request = { mcpServer: slug };
    return await home.daemon.channel.unary(method.listTools, request, signal ? { signal } : {});
  }

  test("ends with its caller, and so does all that it started", async () => {
    await noRunner();
    const abort = new AbortController();
    const failure = failureOf(listHangingTools(abort.signal));
    const [runner] = await until(async () => {
      const found = await runners();
      return found.length > 0 ? found : undefined;
    });
    const child = await until(() => childOf(runner!.pid));
    abort.abort();
    expect((await failure).code).toBe("cancelled");
    await until(() => (isAlive(runner!.pid) || isAlive(child) ? undefined : true));
  });

  test("of a runner that dies fails with a sentence, whenever it dies", async () => {
    await noRunner();
    for (const when of ["before it says hello", "while it works"] as const) {
      const failure = failureOf(listHangingTools());
      if (when === "while it works") {
        const pid = await until(async () => {
          const [runner] = await runners();
          return runner && childOf(runner.pid) ? runner.pid : undefined;
        });
        process.kill(pid, "SIGKILL");
      }
      await killEachRunner(failure);
      const { code, message } = await failure;
      expect(code).toBe("unavailable");
      expect(message).toContain("runner");
    }
    const { id } = await start("script/slow");
    expect((await home.executions.end(id)).output).toBe("Go");
  });
});

/** The id of a process that another one started. */
function childOf(pid: number): number | undefined {
  const { stdout } = Bun.spawnSync(["pgrep", "-P", String(pid)]);
  const first = stdout.toString().trim().split("\n")[0] ?? "";
  return first === "" ? undefined : Number(first);
}
