/** What a daemon that nobody uses keeps in memory: `bun bench/idle-memory.ts [--seconds 60]`. */
import { setTimeout as pause } from "node:timers/promises";
import { BenchHome } from "./support/bench-home.ts";
import { type Figure, figureOf } from "./support/figure.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";

export async function measureIdleMemory(seconds: number): Promise<Figure[]> {
  await using home = await BenchHome.open();
  home.stigmer("local", "start");
  const samples: number[] = [];
  for (let second = 0; second < seconds; second++) {
    // oxlint-disable-next-line no-await-in-loop -- it is time that passes
    await pause(1_000);
    samples.push(residentMegabytes(home.daemonPid));
  }
  const target = { kind: "at most", value: 100 } as const;
  const [last = Number.NaN] = samples.slice(-1);
  return [
    figureOf({
      name: `fresh daemon, idle for ${seconds} s, no runner`,
      unit: "MB",
      samples: [last],
      target,
    }),
    figureOf({ name: "the same, at each second", unit: "MB", samples }),
  ];
}

/** Resident set size in 10⁶ bytes. */
export function residentMegabytes(pid: number): number {
  const { stdout } = Bun.spawnSync(["ps", "-o", "rss=", "-p", String(pid)]);
  return (Number(stdout.toString()) * 1_024) / 1e6;
}

if (import.meta.main) printFigures(await measureIdleMemory(numberOption("seconds", 60)));
