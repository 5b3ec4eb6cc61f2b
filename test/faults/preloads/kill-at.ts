/** Kills processes at points of the journal, as the plan that `FAULT_PLAN` names asks for. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { StigmerError } from "../../../src/contract/errors.ts";
import type { Runner } from "../../../src/daemon/dispatch/runner.ts";
import { RunnerPool } from "../../../src/daemon/dispatch/runner-pool.ts";
import type { Append } from "../../../src/store/operations/append.ts";
import { type FaultPlan, faultPlanVariable, type FaultRecord, type Kill } from "../fault-plan.ts";
import { interceptAppends, rowName } from "../journal-appends.ts";

const plan = JSON.parse(readFileSync(process.env[faultPlanVariable] ?? "", "utf8")) as FaultPlan;
const pending = plan.kills.slice(killsSoFar());
let runner: Runner | undefined;
let appends = 0;

// oxlint-disable-next-line typescript/unbound-method -- called with its `this` below
const acquire = RunnerPool.prototype.acquire;
RunnerPool.prototype.acquire = async function remembered(this: RunnerPool, ...args) {
  return (runner = await acquire.apply(this, args));
};

interceptAppends(async (append, store) => {
  appends += 1;
  const kill = pending[0];
  const isDue = kill !== undefined && isAt(kill, append);
  if (isDue && kill.moment === "before") {
    strike(kill);
    throw new StigmerError("unavailable", "the writer of this append is dead");
  }
  const stored = await store(append);
  note({ kind: "stored", rows: append.entries.map(rowName) });
  if (isDue) strike(kill);
  return stored;
});

function isAt({ at }: Kill, append: Append): boolean {
  if (at.row === undefined) return appends === at.append;
  return append.entries.some((entry) => rowName(entry) === at.row);
}

function strike({ victim }: Kill): void {
  pending.shift();
  appends = 0;
  note({ kind: "killed" });
  if (victim !== "daemon") runner?.kill();
  if (victim !== "runner") process.kill(process.pid, "SIGKILL");
}

function killsSoFar(): number {
  if (!existsSync(plan.log)) return 0;
  const lines = readFileSync(plan.log, "utf8").trim().split("\n");
  return lines.filter((line) => (JSON.parse(line) as FaultRecord).kind === "killed").length;
}

function note(record: FaultRecord): void {
  appendFileSync(plan.log, `${JSON.stringify(record)}\n`);
}
