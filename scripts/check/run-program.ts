import { repositoryRoot } from "../repository.ts";

export interface ProgramResult {
  readonly exitCode: number;
  /** stdout and stderr, in the order of arrival on each. */
  readonly output: string;
}

/**
 * Runs one program of the gate in the repository. One that passes its deadline is ended together
 * with everything it started, and reads as failed.
 *
 * @param variables beside those of the caller that change no result
 */
export async function runProgram(
  command: readonly string[],
  deadlineMs = 5 * 60_000,
  variables: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  const child = Bun.spawn([...command], {
    cwd: repositoryRoot,
    env: { ...gateEnvironment(), ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    // Its own process group, so that the deadline reaches what it started.
    detached: true,
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    process.kill(-child.pid, "SIGKILL");
  }, deadlineMs);
  const [stdout, stderr, exitCode] = await Promise.all([
    child.stdout.text(),
    child.stderr.text(),
    child.exited,
  ]);
  clearTimeout(timer);
  const output = `${stdout}${stderr}`;
  if (!timedOut) return { exitCode, output };
  return { exitCode: 124, output: `${output}\nended after ${deadlineMs / 1000} s` };
}

/** Path of a tool that `bun install` brought. */
export function installedTool(name: string): string {
  return `${repositoryRoot}node_modules/.bin/${name}`;
}

/** The caller's environment without what would change a result: our settings, colours. */
function gateEnvironment(): Record<string, string | undefined> {
  const entries = Object.entries(process.env).filter(([name]) => !name.startsWith("STIGMER_"));
  const path = `${repositoryRoot}node_modules/.bin:${process.env["PATH"] ?? ""}`;
  return { ...Object.fromEntries(entries), PATH: path, NO_COLOR: "1", FORCE_COLOR: undefined };
}
