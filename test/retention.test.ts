import { expect, setDefaultTimeout, test } from "bun:test";
import type { AgentExecution } from "../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { SystemQueryController } from "../src/contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { KindHome } from "./every-kind/kind-home.ts";
import { until } from "./every-kind/until.ts";

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

const agent = "existing-agent";
const scripts = { hanging: { turns: [{ hang: true }] } };
const idOf = ({ metadata }: AgentExecution): string => metadata!.id;

async function ended(home: KindHome): Promise<AgentExecution> {
  const made = await home.executions.start({ agent, message: "Go" });
  await home.executions.end(idOf(made));
  return made;
}

test("the oldest of more executions than are kept goes, and what goes on keeps its past", async () => {
  await using home = await KindHome.start({ scripts, settings: { "history.maxExecutions": 2 } });
  const past = await ended(home);
  const { session } = past.spec!;
  const model = "script/hanging";
  await home.executions.start({ agent, session, message: "Go on", model });
  const [first, second, third, last] = [
    await ended(home),
    await ended(home),
    await ended(home),
    await ended(home),
  ];
  for (const { metadata, spec } of [first, second, third]) {
    const { id } = metadata!;
    // oxlint-disable-next-line no-await-in-loop -- nobody announces it
    await until(async () => {
      const listed = await home.executions.get(id).catch(() => undefined);
      return listed === undefined ? true : undefined;
    });
    const gone = [
      home.executions.get(id),
      Array.fromAsync(home.executions.events(id)),
      Array.fromAsync(home.executions.events(id, 1n)),
      home.executions.messages(id),
      home.client(kindOf(ApiResourceKind.SESSION)).get(spec!.session),
    ];
    // oxlint-disable-next-line no-await-in-loop -- see above
    const failures = await Promise.all(gone.map(failureOf));
    expect(failures.map(({ code }) => code)).toEqual(gone.map(() => "not-found"));
  }
  expect((await home.executions.messages(idOf(past))).items).toHaveLength(2);
  expect((await home.executions.messages(idOf(last))).items).toHaveLength(2);
  const { history } = await home.daemon.channel.unary(SystemQueryController.method.info, {});
  expect(history?.executions).toBe(2n);
  expect(history?.bytes).toBeGreaterThan(0n);
});
