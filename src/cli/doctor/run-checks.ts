import type { DataFolder } from "../../system/data-folder.ts";
import { hasDataHome } from "../../system/environment.ts";
import { readSettings, type Settings } from "../../system/settings.ts";
import type { CommandContext } from "../command-context.ts";
import { type Check, type CheckFamily, type DoctorFacts, problem, problemOf } from "./check.ts";
import { completionChecks } from "./completion-checks.ts";
import { configChecks } from "./config-checks.ts";
import { contextChecks } from "./context-checks.ts";
import { daemonChecks, logChecks, portChecks, storeChecks } from "./daemon-checks.ts";
import { dataFolderChecks } from "./data-folder-checks.ts";
import { findDaemon, type FoundDaemon } from "./find-daemon.ts";
import { modelChecks } from "./model-checks.ts";
import { programChecks } from "./program-checks.ts";
import { secretChecks } from "./secret-checks.ts";
import { launcherChecks, mcpServerChecks } from "./tool-checks.ts";

/** In the order in which things build on one another, which is the order to mend them in. */
const families: readonly CheckFamily[] = [
  programChecks,
  dataFolderChecks,
  configChecks,
  contextChecks,
  daemonChecks,
  portChecks,
  logChecks,
  storeChecks,
  secretChecks,
  modelChecks,
  mcpServerChecks,
  launcherChecks,
  completionChecks,
];

export interface CheckLimits {
  /** When the last check is given up. */
  readonly limitMs: number;
  /** `--context`. */
  readonly given: string | undefined;
}

/**
 * Makes every check, all at the same time. Starts no daemon and changes nothing. Never throws: what
 * goes wrong is a check that says so.
 */
export async function runChecks(context: CommandContext, limits: CheckLimits): Promise<Check[]> {
  const { limitMs } = limits;
  const ending = new AbortController();
  const signal = AbortSignal.any([context.signal, ending.signal]);
  const facts = gatherFacts(context, { ...limits, signal });
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(over.resolve, limitMs);
  signal.addEventListener("abort", () => over.resolve(), { once: true });
  try {
    const made = families.map((family) => runFamily(family, facts, over.promise));
    return (await Promise.all(made)).flat();
  } finally {
    clearTimeout(timer);
    ending.abort();
    void facts.daemon.then((found) => found.kind === "running" && found.channel[Symbol.dispose]());
  }
}

async function runFamily(
  family: CheckFamily,
  facts: DoctorFacts,
  over: Promise<void>,
): Promise<readonly Check[]> {
  const late = over.then(() => [problem(family.name, "could not be looked at in time")]);
  const made = family.run(facts).catch((thrown: unknown) => [problemOf(family.name, thrown)]);
  return await Promise.race([made, late]);
}

function gatherFacts(
  context: CommandContext,
  { signal, limitMs, given }: CheckLimits & { readonly signal: AbortSignal },
): DoctorFacts {
  const { variables, environment } = context;
  const folder = hasDataHome(variables) ? context.folder : undefined;
  // One request follows another at most: the daemon, then what it is asked.
  const requestMs = Math.floor(limitMs / 2) - 100;
  return {
    folder,
    variables,
    context: given,
    environment,
    settings: readableSettings(folder, variables),
    daemon: foundDaemon(folder, { signal, timeoutMs: requestMs }),
    signal,
    requestMs,
  };
}

async function readableSettings(
  folder: DataFolder | undefined,
  variables: CommandContext["variables"],
): Promise<Settings | undefined> {
  const file = folder === undefined ? {} : { file: folder.config };
  // The check of the settings says why they cannot be read.
  return await readSettings({ ...file, variables }).catch(() => undefined);
}

async function foundDaemon(
  folder: DataFolder | undefined,
  limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<FoundDaemon> {
  return folder === undefined ? { kind: "stopped" } : await findDaemon(folder, limits);
}
