import { describe, expect, test } from "bun:test";
import { contextViolations } from "./architecture/contexts.ts";
import { importCycles } from "./architecture/cycles.ts";
import { edgeViolations } from "./architecture/edges.ts";
import { layerViolations } from "./architecture/layers.ts";
import { memberOf, siblingGroups, siblingViolations } from "./architecture/siblings.ts";
import { smellsOf } from "./architecture/smells.ts";
import {
  importsOf,
  productFiles,
  readSourceTree,
  type SourceTree,
} from "./architecture/source-tree.ts";

const tree = await readSourceTree();

describe("the sources", () => {
  test("import only from the layers below", () => expect(layerViolations(tree)).toEqual([]));

  test("never import a sibling", () => expect(siblingViolations(tree)).toEqual([]));

  test("import without circles", () => expect(importCycles(tree)).toEqual([]));

  test("touch the process only at its edges", () => expect(edgeViolations(tree)).toEqual([]));

  test("know nowhere but in cli/connect which server they talk to", () =>
    expect(contextViolations(tree)).toEqual([]));

  test("have no smell that stops a merge", () => expect(smellsOf(tree)).toEqual([]));

  test("import in no form that the scan overlooks", () => {
    const transpiler = new Bun.Transpiler({ loader: "ts" });
    for (const [path, text] of productFiles(tree)) {
      const known = importsOf(path, text);
      const real = transpiler.scanImports(text.replace(/^#!.*/, "")).map((found) => found.path);
      const overlooked = real.filter(
        (specifier) => !known.some((one) => one.endsWith(tail(specifier))),
      );
      expect({ path, overlooked }).toEqual({ path, overlooked: [] });
    }
  });
});

test.each([...siblingGroups])("every sibling that a rule names exists in $folder", (group) => {
  const found = productFiles(tree).flatMap(([path]) => memberOf(group, path) ?? []);
  expect(new Set(found)).toEqual(new Set(group.members ?? found));
  expect(found).not.toEqual([]);
});

describe("each rule is broken by", () => {
  const broken: [rule: (tree: SourceTree) => string[], path: string, text: string][] = [
    [layerViolations, "src/contract/a.ts", `import { b } from "../store/b.ts";`],
    [layerViolations, "src/contract/a.ts", `import type { B } from "../store/b.ts";`],
    [layerViolations, "src/daemon/a.ts", `const b = await import("../runners/agent/b.ts");`],
    [layerViolations, "src/store/a.ts", `type B = import("../resources/b.ts").B;`],
    [layerViolations, "src/store/a.ts", `new Worker(new URL("../daemon/b.ts", import.meta.url));`],
    [layerViolations, "src/system/a.ts", `export {\n  b,\n} from "../store/b.ts";`],
    [layerViolations, "src/runners/a.ts", `import { b } from "./agent/b.ts";`],
    [layerViolations, "src/cli/commands/a.ts", `import { daemon } from "../../daemon.ts";`],
    [layerViolations, "src/new-folder/a.ts", `import { b } from "../contract/b.ts";`],
    [layerViolations, "src/daemon/a.ts", `import { Database } from "bun:sqlite";`],
    [layerViolations, "src/daemon/a.ts", `await import("@modelcontextprotocol/client/stdio");`],
    [layerViolations, "src/store/a.ts", `import { tree } from "../../test/support/tree.ts";`],
    [siblingViolations, "src/cli/commands/a.ts", `import { b } from "./b.ts";`],
    [layerViolations, "src/runners/agent/a.ts", `import type { B } from "../workflow/b.ts";`],
    [siblingViolations, "src/script-model/wire-openai.ts", `import { b } from "./wire-google.ts";`],
    [layerViolations, "src/store/a.ts", `import { b } from "./testing/b.ts";`],
    [contextViolations, "src/cli/a.ts", `import { b } from "./connect/context-store.ts";`],
    [contextViolations, "src/cli/commands/a.ts", `import "../connect/caller-credentials.ts";`],
    [importCycles, "src/store/a.ts", `import type { A } from "./a.ts";`],
    [edgeViolations, "src/store/a.ts", `console.log("a");`],
    [edgeViolations, "src/daemon/a.ts", `process.exitCode = 1;`],
    [edgeViolations, "src/cli/commands/a.ts", `process.stdout.write("a");`],
    [edgeViolations, "src/cli/commands/a.ts", `await Bun.write(Bun.stdout, "a");`],
    [edgeViolations, "src/cli/a.ts", `const home = process.env["HOME"];`],
    [smellsOf, "src/store/utils.ts", "export const a = 1;"],
    [smellsOf, "src/store/row-helpers.ts", "export const a = 1;"],
    [smellsOf, "src/store/a.ts", "export const a = 1;\n".repeat(301)],
    [smellsOf, "src/store/a.ts", `// ${["TO", "DO"].join("")}: later`],
    [smellsOf, "src/store/a.ts", "// " + "=".repeat(20)],
    [smellsOf, "src/store/a.ts", `export * from "./b.ts";`],
    [smellsOf, "src/store/a.ts", `export { b } from "./b.ts";\nexport type { C } from "./c.ts";`],
    [smellsOf, "src/store/a.ts", "let cached: string | undefined;"],
    [smellsOf, "src/store/a.ts", "const cache = new Map<string, number>();"],
  ];

  test.each(broken.map(([rule, path, text]) => ({ rule, path, text, start: text.split("\n")[0] })))(
    "$path: $start",
    ({ rule, path, text }) => expect(rule(new Map([[path, text]]))).toHaveLength(1),
  );

  test("nothing of what is allowed", () => {
    const allowed: SourceTree = new Map([
      ["src/cli.ts", `await import("./daemon.ts");\nprocess.exitCode = 0;`],
      ["src/daemon.ts", `import { b } from "./store/b.ts";`],
      ["src/store/b.ts", `import { c } from "../contract/c.ts"; // import "../daemon/d.ts"`],
      ["src/contract/c.ts", `export const table = new Map([["a", 1]]);`],
      ["src/store/b.test.ts", `import { d } from "../daemon/d.ts";\nconsole.log(d);`],
      ["src/cli/commands/agent.ts", `import { get } from "./agent/get.ts";`],
      ["src/runners/agent/loop.ts", `import type { Context } from "../durable/context.ts";`],
    ]);
    const rules = [
      layerViolations,
      siblingViolations,
      contextViolations,
      importCycles,
      edgeViolations,
      smellsOf,
    ];
    expect(rules.flatMap((rule) => rule(allowed))).toEqual([]);
  });
});

function tail(specifier: string): string {
  return specifier.replace(/^(\.\.?\/)+/, "");
}
