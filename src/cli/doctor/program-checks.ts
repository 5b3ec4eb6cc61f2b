import { realpath, stat } from "node:fs/promises";
import { buildId, version } from "../../system/version.ts";
import { type Check, type CheckFamily, type DoctorFacts, ok, problem, warning } from "./check.ts";

export const programChecks: CheckFamily = { name: "program", run: checkProgram };

async function checkProgram(facts: DoctorFacts): Promise<Check[]> {
  return [await checkPath(facts), ...(await checkClock(facts))];
}

/** Two installations of one program are the usual reason for "it is still the old version". */
async function checkPath({ variables }: DoctorFacts): Promise<Check> {
  const name = "program";
  const own = `stigmer ${version} (${buildId}), ${process.platform} ${process.arch}`;
  const onPath = Bun.which("stigmer", { PATH: variables["PATH"] ?? "" });
  if (!Bun.isStandaloneExecutable || onPath === null) return ok(name, own);
  const [running, found] = await Promise.all([realpath(process.execPath), realpath(onPath)]);
  if (running === found) return ok(name, `${own}, ${running}`);
  return warning(name, `${own}, ${running}; PATH names another one: ${found}`, "which -a stigmer");
}

/** Before the first release no clock is right; certificates of model providers need a right one. */
const earliest = Date.UTC(2025, 0, 1);
const toleranceMs = 60_000;

async function checkClock({ folder }: DoctorFacts): Promise<Check[]> {
  const name = "clock";
  const now = Date.now();
  const said = new Date(now).toISOString();
  const fix = "set the clock of this machine";
  if (now < earliest) return [problem(name, `it says ${said}`, fix)];
  const last = folder && (await stat(folder.database).catch(() => undefined));
  if (!last || last.mtimeMs <= now + toleranceMs) return [ok(name, said)];
  const written = last.mtime.toISOString();
  return [warning(name, `it says ${said}, and the database was written at ${written}`, fix)];
}
