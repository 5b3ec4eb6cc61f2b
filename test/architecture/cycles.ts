import { importsOf, productFiles, type SourceTree } from "./source-tree.ts";

/** Each circle of imports once, as `a → b → a`; type-only and lazy imports count too. */
export function importCycles(tree: SourceTree): string[] {
  const graph = new Map(productFiles(tree).map(([path, text]) => [path, importsOf(path, text)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(" → "));
    if (start >= 0 || done.has(path)) return;
    for (const target of graph.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return cycles;
}
