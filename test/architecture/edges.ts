import { productFiles, withoutComments, type SourceTree } from "./source-tree.ts";

/** Something of the process that only named files touch. */
interface Edge {
  readonly what: string;
  readonly pattern: RegExp;
  readonly files: readonly RegExp[];
}

const terminal = [/^src\/cli\.ts$/, /^src\/cli\/terminal[^/]*\.ts$/];

/** For what is printed before there is a terminal: the version, and what a shell can complete. */
const plainOutput = /^src\/cli\/output\/write-stdout\.ts$/;

/** Ends at once at a second signal, whatever still runs. */
const daemon = /^src\/daemon\.ts$/;

/** What `cli.ts` runs as a process of its own, for our own eyes: its streams are its interface. */
const mains = [
  daemon,
  /^src\/runners\/runner-process\.ts$/,
  /^src\/runners\/workflow\/trial\/trial-process\.ts$/,
  /^src\/system\/keychain-process\.ts$/,
];

const edges: readonly Edge[] = [
  { what: "console", pattern: /\bconsole\s*\./, files: terminal },
  {
    what: "the exit code",
    pattern: /\bprocess\s*\.\s*(exit|exitCode|abort|reallyExit)\b/,
    files: [...terminal, daemon],
  },
  {
    what: "stdout or stderr",
    pattern: /\b(process|Bun)\s*\.\s*std(out|err)\b/,
    files: [...terminal, plainOutput, ...mains],
  },
  {
    what: "the environment",
    pattern: /\b(process|Bun|import\.meta)\s*\.\s*env\b/,
    files: [/^src\/system\/(environment|settings)\.ts$/],
  },
];

export function edgeViolations(tree: SourceTree): string[] {
  return productFiles(tree).flatMap(([path, text]) =>
    edges
      .filter((edge) => edge.pattern.test(withoutComments(text)))
      .filter((edge) => !edge.files.some((file) => file.test(path)))
      .map((edge) => `${path} touches ${edge.what}`),
  );
}
