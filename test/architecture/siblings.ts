import { importsOf, productFiles, type SourceTree } from "./source-tree.ts";

/** Files of one folder of which any can be deleted alone, with the files and folders of its name. */
interface SiblingGroup {
  readonly folder: string;
  /** What the names start with; other files of the folder are shared. Default: everything. */
  readonly members?: readonly string[];
}

export const siblingGroups: readonly SiblingGroup[] = [
  { folder: "src/cli/commands" },
  {
    folder: "src/runners/agent/models/providers",
    members: ["anthropic", "google", "ollama", "openai", "openai-compatible", "script"],
  },
  {
    folder: "src/script-model",
    members: ["wire-anthropic", "wire-google", "wire-ollama", "wire-openai"],
  },
  {
    folder: "src/store/operations",
    members: [
      "artifact-operations",
      "execution-operations",
      "journal-operations",
      "lease-operations",
      "resource-operations",
    ],
  },
];

export function siblingViolations(tree: SourceTree): string[] {
  return productFiles(tree).flatMap(([path, text]) =>
    importsOf(path, text)
      .filter((target) => siblingGroups.some((group) => areStrangers(group, path, target)))
      .map((target) => `${path} imports its sibling ${target}`),
  );
}

function areStrangers(group: SiblingGroup, path: string, target: string): boolean {
  const [from, to] = [memberOf(group, path), memberOf(group, target)];
  return from !== undefined && to !== undefined && from !== to;
}

/** `wire-openai` for `wire-openai.ts`, `wire-openai-stream.ts` and `wire-openai/body.ts`. */
export function memberOf({ folder, members }: SiblingGroup, path: string): string | undefined {
  if (!path.startsWith(`${folder}/`)) return undefined;
  const name = path.slice(folder.length + 1).replace(/(\/.*|\.ts)$/, "");
  if (members === undefined) return name;
  return members
    .filter((member) => name === member || name.startsWith(`${member}-`))
    .toSorted((one, other) => other.length - one.length)[0];
}
