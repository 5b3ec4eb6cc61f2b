/**
 * How lists, `get` and the daemon's memory grow with what is stored:
 * `bun bench/store-growth.ts [--largest 1000000] [--runs 15]`. Each size is ten times the one before
 * it: that many executions, a fifth as many sessions, and as many agents up to 100,000.
 */
import { mkdirSync } from "node:fs";
import { AgentQueryController } from "../src/contract/gen/ai/stigmer/agentic/agent/v1/query_pb.ts";
import { ExecutionQueryController } from "../src/contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { SystemQueryController } from "../src/contract/gen/ai/stigmer/system/v1/system_pb.ts";
import type { Channel } from "../src/contract/channel.ts";
import { residentMegabytes } from "./idle-memory.ts";
import { BenchHome } from "./support/bench-home.ts";
import { type Figure, figureOf, type Target } from "./support/figure.ts";
import { generateStore, labels, slugAt, type StoreSize } from "./support/generated-store.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";

const smallest = 1_000;
const mostAgents = 100_000;
const unlimited = "history: {maxExecutions: 0, maxAge: 0, maxBytes: 0}\n";

const ofList: Target = { kind: "at most", value: 100 };
const ofGet: Target = { kind: "at most", value: 70 };
const ofMemory: Target = { kind: "at most", value: 200 };

/** Sizes from the smallest to the largest, each ten times the one before. */
export async function measureStoreGrowth(largest: number, runs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (let executions = smallest; executions <= largest; executions *= 10) {
    const size = { executions, agents: Math.min(executions, mostAgents) };
    // oxlint-disable-next-line no-await-in-loop -- one store after the other
    figures.push(...(await measureStore(size, runs)));
  }
  return figures;
}

async function measureStore(size: StoreSize, runs: number): Promise<Figure[]> {
  await using home = await BenchHome.open(unlimited);
  mkdirSync(home.at("home", "data"), { mode: 0o700 });
  const generatedMs = generateStore(home.at("home", "data", "stigmer.db"), size);
  console.log(
    `${thousands(size.agents)} agents and ${thousands(size.executions)} executions ` +
      `generated in ${(generatedMs / 1_000).toFixed(1)} s`,
  );
  home.stigmer("local", "start");
  const label = `${thousands(size.executions)}: `;
  const figures = [...(await callFigures(home, size, runs)), ...commandFigures(home, size, runs)];
  const memory = [residentMegabytes(home.daemonPid)];
  figures.push(
    figureOf({ name: "memory of the daemon", unit: "MB", samples: memory, target: ofMemory }),
  );
  return figures.map((figure) => ({ ...figure, name: label + figure.name }));
}

function thousands(count: number): string {
  return count.toLocaleString("en-US");
}

async function callFigures(home: BenchHome, size: StoreSize, runs: number): Promise<Figure[]> {
  using channel = home.channel();
  const figures: Figure[] = [];
  for (const { name, call, target } of calls(channel, size)) {
    const samples: number[] = [];
    // The first is not counted: it prepares a statement and warms a cache.
    for (let run = -1; run < runs; run++) {
      const startedAt = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one call after the other
      await call();
      if (run >= 0) samples.push(performance.now() - startedAt);
    }
    figures.push(figureOf({ name, unit: "ms", samples, target }));
  }
  return figures;
}

interface MeasuredCall {
  readonly name: string;
  readonly target: Target;
  readonly call: () => Promise<unknown>;
}

function list(name: string, call: () => Promise<unknown>): MeasuredCall {
  return { name, call, target: ofList };
}

function calls(channel: Channel, { agents }: StoreSize): MeasuredCall[] {
  const { list: listAgents, getByReference } = AgentQueryController.method;
  const { list: listExecutions } = ExecutionQueryController.method;
  const reference = slugAt(Math.floor(agents / 2));
  const labelled = (labelSelector: string) => () => channel.unary(listAgents, { labelSelector });
  const inPhase = (phase: ExecutionPhase) => () =>
    channel.unary(listExecutions, { phases: [phase] });
  return [
    list("list of agents, first page", () => channel.unary(listAgents, {})),
    list("list of agents, a label of one in ten", labelled(labels.common)),
    list("list of agents, a label of one in a thousand", labelled(labels.rare)),
    list("list of agents, a label that none has", labelled("none=here")),
    list("list of executions, first page", () => channel.unary(listExecutions, {})),
    list("list of executions, one in a thousand failed", inPhase(ExecutionPhase.EXECUTION_FAILED)),
    list("list of executions, none is running", inPhase(ExecutionPhase.EXECUTION_RUNNING)),
    {
      name: "get of an agent by slug",
      target: ofGet,
      call: () => channel.unary(getByReference, { reference }),
    },
    list("what the daemon says of itself", () =>
      channel.unary(SystemQueryController.method.info, {}),
    ),
  ];
}

function commandFigures(home: BenchHome, { agents }: StoreSize, runs: number): Figure[] {
  const slug = slugAt(Math.floor(agents / 2));
  const commands = [
    { args: ["agent", "list"], target: ofList },
    { args: ["execution", "list"], target: ofList },
    { args: ["agent", "get", slug], target: ofGet },
  ];
  return commands.map(({ args, target }) => {
    const samples = Array.from({ length: runs }, () => home.stigmer(...args));
    return figureOf({ name: `\`${args.join(" ")}\`, whole process`, unit: "ms", samples, target });
  });
}

if (import.meta.main) {
  const figures = await measureStoreGrowth(
    numberOption("largest", 10_000),
    numberOption("runs", 15),
  );
  printFigures(figures);
}
