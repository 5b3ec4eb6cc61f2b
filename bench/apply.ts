/** `apply` of folders, new, unchanged and changed: `bun bench/apply.ts [--files 10000] [--runs 3]`. */
import { BenchHome } from "./support/bench-home.ts";
import { writeDefinitionFiles } from "./support/definition-files.ts";
import { type Figure, figureOf, type Target } from "./support/figure.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";

/** Of 1,000 files, which the project aims at. */
const targets: Readonly<Record<string, Target>> = {
  unchanged: { kind: "at most", value: 2_000 },
  changed: { kind: "at most", value: 5_000 },
};

/** Folders of 10, 100, … files, up to `most`. */
export async function measureApply(most: number, runs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (let count = 10; count <= most; count *= 10) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    figures.push(...(await measureCount(count, runs)));
  }
  return figures;
}

async function measureCount(count: number, runs: number): Promise<Figure[]> {
  await using home = await BenchHome.open();
  home.stigmer("local", "start");
  const apply = (folder: string): number => home.stigmer("apply", "-f", folder, "-o", "none");
  const folders = Array.from({ length: runs + 1 }, (_, version) =>
    writeDefinitionFiles(home.at(`version-${version}`), count, version),
  );
  const [first = "", ...others] = folders;
  const created = [apply(first)];
  const unchanged = Array.from({ length: runs }, () => apply(first));
  const changed = others.map(apply);
  return Object.entries({ created, unchanged, changed }).map(([effect, samples]) => {
    const target = count === 1_000 ? targets[effect] : undefined;
    const name = `\`apply\` of ${count} files, ${effect}`;
    return figureOf({ name, unit: "ms", samples, ...(target ? { target } : {}) });
  });
}

if (import.meta.main) {
  printFigures(await measureApply(numberOption("files", 10_000), numberOption("runs", 3)));
}
