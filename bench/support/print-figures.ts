import { arch, cpus, loadavg, platform, release } from "node:os";
import type { Figure } from "./figure.ts";

/** Prints a table of Markdown with the conditions above it. */
export function printFigures(figures: readonly Figure[]): void {
  const [load = 0] = loadavg();
  const cores = cpus();
  console.log(`${platform()} ${release()} ${arch()}, ${cores.length} × ${cores[0]?.model ?? "?"}`);
  console.log(`Bun ${Bun.version}, load average ${load.toFixed(1)}\n`);
  console.log("| | median | best | target | runs |");
  console.log("|---|---|---|---|---|");
  for (const figure of figures) console.log(lineOf(figure));
}

function lineOf({ name, unit, median, best, runs, target }: Figure): string {
  const aim = target === undefined ? "" : `${target.kind} ${target.value} ${unit}`;
  return `| ${name} | ${amount(median, unit)} | ${amount(best, unit)} | ${aim} | ${runs} |`;
}

function amount(value: number, unit: Figure["unit"]): string {
  const digits = unit === "/s" || Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${unit}`;
}
