import { importsOf, isTest, productFiles, type SourceTree } from "./source-tree.ts";

/** A folder, and the folders it may import besides itself and what it lies in. */
interface Layer {
  readonly folder: string;
  readonly imports: readonly string[];
}

const layers: readonly Layer[] = [
  { folder: "src/contract", imports: [] },
  { folder: "src/json-schema", imports: ["src/contract"] },
  { folder: "src/script-model", imports: ["src/contract"] },
  { folder: "src/system", imports: ["src/contract"] },
  { folder: "src/store", imports: ["src/contract", "src/system"] },
  {
    folder: "src/resources",
    imports: ["src/contract", "src/system", "src/store", "src/workflow", "src/json-schema"],
  },
  {
    folder: "src/daemon",
    imports: ["src/contract", "src/system", "src/store", "src/resources"],
  },
  { folder: "src/jq", imports: [] },
  { folder: "src/workflow", imports: ["src/contract", "src/jq"] },
  {
    folder: "src/runners",
    imports: ["src/contract", "src/system", "src/workflow", "src/jq", "src/json-schema"],
  },
  { folder: "src/runners/mcp", imports: [] },
  { folder: "src/runners/agent", imports: ["src/runners/mcp", "src/script-model"] },
  { folder: "src/runners/workflow", imports: ["src/runners/mcp"] },
  {
    folder: "src/cli",
    imports: [
      "src/contract",
      "src/system",
      "src/workflow",
      "src/jq",
      "src/json-schema",
      "src/script-model",
      // The command table names its handlers, and loads them when they are called.
      "src/cli/commands",
    ],
  },
  { folder: "src/cli/commands", imports: [] },
];

/** The only files that see every layer: each builds one kind of process from its parts. */
const entries = ["src/cli.ts", "src/daemon.ts", "src/runners/runner-process.ts"];

/** Packages that belong to one part: what else needs them asks that part. */
const packageOwners: Readonly<Record<string, readonly string[]>> = {
  "bun:sqlite": ["src/store"],
  "bun:ffi": ["src/system"],
  "@napi-rs/keyring": ["src/system"],
  "@cfworker/json-schema": ["src/json-schema"],
  "@modelcontextprotocol/client": ["src/runners/mcp"],
  ai: ["src/runners/agent"],
  "@ai-sdk/anthropic": ["src/runners/agent"],
  "@ai-sdk/google": ["src/runners/agent"],
  "@ai-sdk/openai": ["src/runners/agent"],
  "@ai-sdk/openai-compatible": ["src/runners/agent"],
  "@ai-sdk/provider": ["src/runners/agent"],
  yargs: ["src/cli"],
};

export function layerViolations(tree: SourceTree): string[] {
  return productFiles(tree).flatMap(([path, text]) =>
    importsOf(path, text).flatMap((target) => violation(path, target) ?? []),
  );
}

function violation(path: string, target: string): string | undefined {
  const owners = packageOwners[packageOf(target)];
  if (owners !== undefined) {
    if (owners.some((folder) => isInside(path, folder))) return undefined;
    return `${path} imports ${target}, which belongs to ${owners.join(", ")}`;
  }
  if (isPackage(target)) return undefined;
  if (isTest(target)) return `${path} is product and imports the test file ${target}`;
  if (entries.includes(target) && !entries.includes(path)) {
    return `${path} imports the entry ${target}`;
  }
  if (entries.includes(path)) return undefined;
  return mayImport(path, target) ? undefined : `${path} may not import ${target}`;
}

function mayImport(path: string, target: string): boolean {
  const around = layers.filter((layer) => isInside(path, layer.folder));
  const targetFolder = layerOf(target)?.folder;
  if (around.length === 0 || targetFolder === undefined) return false;
  return (
    around.some((layer) => layer.folder === targetFolder) ||
    around.some((layer) => layer.imports.includes(targetFolder))
  );
}

/** The innermost layer a file lies in. */
function layerOf(path: string): Layer | undefined {
  return layers
    .filter((layer) => isInside(path, layer.folder))
    .toSorted((one, other) => other.folder.length - one.folder.length)[0];
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

function isPackage(target: string): boolean {
  return !/^(src|scripts|test|bench|proto)\//.test(target) && !target.startsWith(".");
}

function packageOf(specifier: string): string {
  const depth = specifier.startsWith("@") ? 2 : 1;
  return specifier.split("/").slice(0, depth).join("/");
}
