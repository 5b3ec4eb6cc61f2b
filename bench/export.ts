/** `export --all` and `import` of many resources: `bun bench/export.ts [--resources 10000] [--runs 5]`. */
import { readFileSync } from "node:fs";
import { BenchHome } from "./support/bench-home.ts";
import { writeDefinitionStream } from "./support/definition-files.ts";
import { type Figure, figureOf } from "./support/figure.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";

/** Time, and the most memory that the command and a fresh daemon had at any moment. */
export async function measureExport(count: number, runs: number): Promise<Figure[]> {
  await using home = await BenchHome.open();
  const file = writeDefinitionStream(home.at("all.yaml"), count);
  const imported = home.stigmer("import", "-f", file, "-o", "none");
  // What the import needed is not what the export needs.
  home.stigmer("local", "restart");
  const ended = Array.from({ length: runs }, () => home.measured(home.binary, "export", "--all"));
  const aim = { kind: "at most", value: 3_000 } as const;
  const target = count === 10_000 ? { target: aim } : {};
  const [times, sizes] = [ended.map(({ ms }) => ms), ended.map(({ peakMegabytes: mb }) => mb)];
  const all = `\`export --all\` of ${count} resources`;
  return [
    figureOf({ name: `\`import\` of ${count} resources`, unit: "ms", samples: [imported] }),
    figureOf({ name: all, unit: "ms", samples: times, ...target }),
    figureOf({ name: `${all}: memory of the command`, unit: "MB", samples: sizes }),
    figureOf({
      name: `${all}: memory of the daemon`,
      unit: "MB",
      samples: [peakMegabytes(home.daemonPid)],
    }),
  ];
}

/** The most that was ever resident, in 10⁶ bytes. Linux alone says so of another process. */
function peakMegabytes(pid: number): number {
  if (process.platform !== "linux") return Number.NaN;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1_024) / 1e6;
}

if (import.meta.main) {
  printFigures(await measureExport(numberOption("resources", 10_000), numberOption("runs", 5)));
}
