/**
 * One client process of a benchmark: `load-client.ts ADDRESS VERB NAME IN_FLIGHT`. Says `ready`, then
 * reads for how many milliseconds to call, and prints a {@link LoadReport} as JSON.
 */
import { Channel } from "../../src/contract/channel.ts";
import type { Agent } from "../../src/contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import { AgentCommandController } from "../../src/contract/gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import { AgentQueryController } from "../../src/contract/gen/ai/stigmer/agentic/agent/v1/query_pb.ts";
import { SystemQueryController } from "../../src/contract/gen/ai/stigmer/system/v1/system_pb.ts";

export type LoadVerb = "create" | "get" | "version";

export interface LoadReport {
  readonly calls: number;
  readonly tookMs: number;
  /** Milliseconds of each call. */
  readonly latencies: readonly number[];
}

const [address = "", verb = "version", name = "load", inFlight = "1"] = process.argv.slice(2);
using channel = new Channel({ address });
const call = await callOf(verb as LoadVerb);
await call(-1);
process.stdout.write("ready\n");
for await (const line of console) {
  process.stdout.write(`${JSON.stringify(await runFor(Number(line)))}\n`);
  break;
}

async function callOf(wanted: LoadVerb): Promise<(index: number) => Promise<unknown>> {
  const spec = { instructions: "Answer in one sentence.", model: "script/echo" };
  const create = (slug: string): Promise<Agent> =>
    channel.unary(AgentCommandController.method.create, { metadata: { slug }, spec });
  if (wanted === "create") return (index) => create(`${name}-${index + 1}`);
  if (wanted === "version") return () => channel.unary(SystemQueryController.method.version, {});
  const { metadata } = await create(name);
  const value = metadata?.id ?? name;
  return () => channel.unary(AgentQueryController.method.get, { value });
}

async function runFor(durationMs: number): Promise<LoadReport> {
  const startedAt = performance.now();
  const latencies: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - startedAt < durationMs) {
      const calledAt = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one call after the other
      await call(next++);
      latencies.push(performance.now() - calledAt);
    }
  };
  await Promise.all(Array.from({ length: Number(inFlight) }, worker));
  return { calls: latencies.length, tookMs: performance.now() - startedAt, latencies };
}
