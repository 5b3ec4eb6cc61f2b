import type { Json } from "../../../contract/json.ts";
import type { ShownProgram } from "../../../system/consent-store.ts";
import type { Run } from "../../../workflow/definition/run.ts";
import { childEnvironment } from "../../child-environment.ts";
import { printableText } from "../../mcp/printable-text.ts";
import { evaluateText } from "../calls/evaluate-parameters.ts";
import { guardedCall, type RunningCall } from "../calls/guarded-call.ts";
import { requireConsent } from "../calls/require-consent.ts";
import { readResource } from "../calls/read-resource.ts";
import { standardFailure } from "../workflow-failure.ts";
import type { CallPlace, DirectProcess } from "../workflow-host.ts";
import { interpreterOf, ScriptFile } from "./plan-script.ts";
import { shellArguments, shellPath } from "./plan-shell.ts";
import type { ProcessHost } from "./process-host.ts";
import { type GivenOptions, givenOptions, type Program } from "./program.ts";
import { type ProgramResult, runProgram } from "./run-program.ts";

/**
 * `run: shell` and `run: script`. Runs nothing that the user did not consent to. An exit code other
 * than 0 is an error, unless the definition asks for the code.
 *
 * @throws WorkflowFailure authorization without consent, configuration when it cannot be started,
 *   runtime when it fails
 */
export function runProcess(
  process: DirectProcess,
  run: Run,
  place: CallPlace,
  host: ProcessHost,
): Promise<Json> {
  return guardedCall(place, host, async (call) => {
    const prepared = await prepare(process, call, host);
    requireConsent(prepared.shown, call);
    if (!run.await) {
      startBeside(prepared, host);
      return place.scope.input;
    }
    return outputOf(await perform(prepared, host, place.effect.signal), run.return);
  });
}

/** What is shown to the user, and how it is started. */
interface Prepared {
  readonly shown: ShownProgram;
  readonly given: GivenOptions;
  readonly env: Readonly<Record<string, string>>;
}

async function prepare(
  process: DirectProcess,
  call: RunningCall,
  host: ProcessHost,
): Promise<Prepared> {
  const given = givenOptions(process.options, call.scope);
  const env = childEnvironment(`the ${process.kind}`, given.variables, host);
  const rest = { variables: Object.keys(given.variables), folder: host.folder };
  if (process.kind === "shell") {
    const command = evaluateText(process.command, call.scope, "the command");
    const argv = [shellPath, ...shellArguments(command, given)];
    return { shown: { kind: "shell", argv, ...rest }, given, env };
  }
  const source =
    process.source.kind === "code"
      ? evaluateText(process.source.code, call.scope, "the code")
      : (await readResource(process.source.resource, call)).text;
  const argv = [process.language, ...given.words];
  return { shown: { kind: "script", argv, source, ...rest }, given, env };
}

async function perform(
  prepared: Prepared,
  host: ProcessHost,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const limits = { maxBytes: host.limits.responseBytes, signal };
  const { shown, given, env } = prepared;
  const rest = { cwd: host.folder, stdin: given.stdin };
  const [first = "", ...args] = shown.argv;
  if (shown.kind === "shell") return runProgram({ path: first, args, env, ...rest }, limits);
  const interpreter = interpreterOf(first === "js" ? "js" : "python", host);
  await using file = await ScriptFile.write(host.scratch, interpreter.fileName, shown.source ?? "");
  const program: Program = {
    path: interpreter.path,
    args: [...interpreter.args, file.path, ...args],
    env: { ...env, ...interpreter.env },
    ...rest,
  };
  return await runProgram(program, limits);
}

/** Goes on by itself, and ends with the execution at the latest. Nobody asks what became of it. */
function startBeside(prepared: Prepared, host: ProcessHost): void {
  void perform(prepared, host, host.released).catch(() => {
    // As the definition wants it: it does not wait, so it does not learn of failures either.
  });
}

function outputOf({ code, stdout, stderr }: ProgramResult, wanted: Run["return"]): Json {
  if (wanted === "code") return code;
  if (wanted === "all") return { code, stdout, stderr };
  if (code !== 0)
    throw standardFailure("runtime", `the program ended with code ${code}${lastWords(stderr)}`);
  if (wanted === "none") return null;
  return wanted === "stderr" ? stderr : stdout;
}

function lastWords(stderr: string): string {
  const text = printableText(stderr).trim();
  return text === "" ? "" : `: ${text.slice(-1000).toWellFormed()}`;
}
