import { dirname, join } from "node:path";
import { Glob } from "bun";
import { repositoryRoot } from "../../scripts/repository.ts";

/** Path inside the repository → text. */
export type SourceTree = ReadonlyMap<string, string>;

/** All TypeScript of ours, without what is generated. */
export async function readSourceTree(): Promise<SourceTree> {
  const glob = new Glob("{src,scripts,test,bench}/**/*.ts");
  const paths = await Array.fromAsync(glob.scan(repositoryRoot));
  const ours = paths.filter((path) => !path.startsWith("src/contract/gen/")).toSorted();
  const read = async (path: string) =>
    [path, await Bun.file(`${repositoryRoot}${path}`).text()] as const;
  return new Map(await Promise.all(ours.map(read)));
}

/** Tests, and the programs and servers they drive. */
export function isTest(path: string): boolean {
  return /^test\/|\.test\.ts$|\/(testing|fixtures)\//.test(path);
}

/** The files of `src/` that end up in the product. */
export function productFiles(tree: SourceTree): [path: string, text: string][] {
  return [...tree].filter(([path]) => path.startsWith("src/") && !isTest(path));
}

const importForms = [
  // import … from "x", export … from "x", with `type` or without.
  /^[ \t]*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"']+)["']/gm,
  // import "x"
  /^[ \t]*import\s*["']([^"']+)["']/gm,
  // import("x"), as an expression or in a type
  /\bimport\(\s*["']([^"']+)["']/g,
  // new Worker(new URL("x", …))
  /\bnew Worker\(\s*new URL\(\s*["'](\.[^"']+)["']/g,
];

/** What a file imports: paths inside the repository for ours, specifiers for packages. */
export function importsOf(path: string, text: string): string[] {
  const code = withoutComments(text);
  const specifiers = importForms.flatMap((form) => [...code.matchAll(form)].map((hit) => hit[1]!));
  return [...new Set(specifiers)].map((specifier) =>
    specifier.startsWith(".") ? join(dirname(path), specifier) : specifier,
  );
}

/** Also blanks what looks like a comment inside a string: harmless here, as no import holds one. */
export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:"'`\\])\/\/.*$/gm, "");
}
