/** How long commands take that a person waits for: `bun bench/start-up.ts [--runs 25]`. */
import { BenchHome } from "./support/bench-home.ts";
import { buildEmptyBinary } from "./support/built-binary.ts";
import { differenceOf, type Figure, figureOf } from "./support/figure.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";

export async function measureStartUp(runs: number): Promise<Figure[]> {
  await using home = await BenchHome.open();
  const empty = await buildEmptyBinary(home.at("empty"));
  home.stigmer("agent", "create", "reviewer", "--instructions", "Review.");
  const samples = {
    empty: [] as number[],
    version: [] as number[],
    get: [] as number[],
    completion: [] as number[],
  };
  for (let run = 0; run < runs; run++) {
    samples.empty.push(home.time(empty));
    samples.version.push(home.stigmer("--version"));
    samples.get.push(home.stigmer("agent", "get", "reviewer"));
    samples.completion.push(home.stigmer("__complete", "agent", "get", ""));
    home.disk.sample();
  }
  const ms = { unit: "ms" } as const;
  const floor = figureOf({ ...ms, name: "an empty Bun binary", samples: samples.empty });
  const version = figureOf({ ...ms, name: "`stigmer --version`", samples: samples.version });
  const overFloor = differenceOf("`stigmer --version` over an empty Bun binary", version, floor);
  const get = figureOf({
    ...ms,
    name: "`agent get`, daemon running",
    samples: samples.get,
    target: { kind: "at most", value: 70 },
  });
  const completion = figureOf({
    ...ms,
    name: "completion of a name, daemon running",
    samples: samples.completion,
    target: { kind: "at most", value: 60 },
  });
  return [
    floor,
    version,
    { ...overFloor, target: { kind: "at most", value: 10 } },
    get,
    completion,
    await measureDaemonStart(runs),
    home.disk.figure("start-up"),
  ];
}

/** Each over the same data folder, from no daemon to the exit of `local start`. */
async function measureDaemonStart(runs: number): Promise<Figure> {
  await using home = await BenchHome.open();
  const samples: number[] = [];
  for (let run = 0; run < runs; run++) {
    samples.push(home.stigmer("local", "start"));
    home.stigmer("local", "stop");
  }
  const target = { kind: "at most", value: 150 } as const;
  return figureOf({ name: "`local start` until ready", unit: "ms", samples, target });
}

if (import.meta.main) printFigures(await measureStartUp(numberOption("runs", 25)));
