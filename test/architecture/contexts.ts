import { importsOf, productFiles, type SourceTree } from "./source-tree.ts";

const folder = "src/cli/connect/";

/** Files that know which server a command talks to. */
const knowing = [
  "caller-credentials",
  "chosen-context",
  "context-record",
  "context-store",
  "context-view",
  "open-server",
  "reach-context",
  "server-address",
  "unreachable-server",
].map((name) => `${folder}${name}.ts`);

/**
 * Who else may know: what logs in and out and chooses, what finds out why a server cannot be
 * reached, and what looks at this machine alone.
 */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  "src/cli/commands/context.ts": knowing,
  "src/cli/commands/login.ts": knowing,
  "src/cli/commands/doctor.ts": knowing,
  "src/cli/doctor/context-checks.ts": knowing,
  "src/cli/doctor/model-checks.ts": [`${folder}caller-credentials.ts`],
};

/** Every other command works unchanged against any server, because it cannot tell which it has. */
export function contextViolations(tree: SourceTree): string[] {
  return productFiles(tree)
    .filter(([path]) => !path.startsWith(folder))
    .flatMap(([path, text]) =>
      importsOf(path, text)
        .filter((target) => knowing.includes(target) && !exceptions[path]?.includes(target))
        .map((target) => `${path} would know its server: it imports ${target}`),
    );
}
