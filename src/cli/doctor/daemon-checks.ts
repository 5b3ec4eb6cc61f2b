import {
  DoctorState,
  type InfoResponse,
  SystemQueryController,
} from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { holdingProcess } from "../../system/port-holder.ts";
import { buildId, version } from "../../system/version.ts";
import { lastLines, daemonLogFile } from "../connect/daemon-log-tail.ts";
import {
  type Check,
  type CheckFamily,
  type CheckState,
  type DoctorFacts,
  ok,
  problem,
  problemOf,
  skipped,
  warning,
} from "./check.ts";

const restart = "stigmer local restart";

export const daemonChecks: CheckFamily = {
  name: "daemon",
  async run(facts) {
    const found = await facts.daemon;
    switch (found.kind) {
      case "running":
        return [runningCheck(found.info), buildCheck(found.info)];
      case "stopped":
        return [ok("daemon", "does not run; the next command that needs it starts it")];
      case "silent":
        return [problem("daemon", `${nameOf(found.pid)} does not answer`, restart)];
      default:
        return [problemOf("daemon", found.error)];
    }
  },
};

function nameOf(pid: number | undefined): string {
  return pid === undefined ? "it runs and" : `process ${pid} holds the data folder and`;
}

function runningCheck({ pid, openExecutions, runners }: InfoResponse): Check {
  const work = `${openExecutions} open executions, ${runners.length} runners`;
  return ok("daemon", `process ${pid} answers; ${work}`);
}

function buildCheck(info: InfoResponse): Check {
  const name = "daemon build";
  if (info.version !== version) {
    return problem(name, `the daemon is ${info.version}, this command is ${version}`, restart);
  }
  if (info.buildId !== buildId) {
    return warning(name, `the daemon is another build of ${version}`, restart);
  }
  return ok(name, "the same as of this command");
}

export const portChecks: CheckFamily = {
  name: "port",
  async run({ daemon, settings }) {
    const found = await daemon;
    if (found.kind === "running") return warningsOf(found.info);
    if (found.kind === "silent") return [];
    const port = (await settings)?.get("port") ?? 0;
    return [await freePortCheck(port)];
  },
};

function warningsOf({ warnings, addresses }: InfoResponse): Check[] {
  const fix = `stigmer config set port PORT && ${restart}`;
  if (warnings.length > 0) return warnings.map((text) => warning("port", text, fix));
  return [ok("port", addresses.filter((address) => !address.startsWith("unix:")).join(", "))];
}

async function freePortCheck(port: number): Promise<Check> {
  const name = "port";
  if (port === 0) return ok(name, "any that is free");
  const holder = await holdingProcess("127.0.0.1", port);
  if (holder === undefined) return ok(name, `${port} is free`);
  const found = `${port} is taken by ${holder}; the daemon will answer on its socket only`;
  return warning(name, found, "stigmer config set port PORT");
}

export const logChecks: CheckFamily = { name: "daemon log", run: checkLog };

const recentMs = 24 * 3_600_000;

/** The last fact that the daemon found bad. */
function checkLog({ folder }: DoctorFacts): Promise<Check[]> {
  if (!folder) return Promise.resolve([]);
  const name = "daemon log";
  const since = new Date(Date.now() - recentMs).toISOString();
  const errors = lastLines(daemonLogFile(folder), 1_000).flatMap((line) => errorIn(line, since));
  const last = errors.at(-1);
  if (last === undefined) return Promise.resolve([ok(name, "no errors in the last day")]);
  const count = errors.length === 1 ? "one error" : `${errors.length} errors`;
  return Promise.resolve([
    warning(name, `${count} in the last day, the newest: ${last}`, "stigmer local logs"),
  ]);
}

function errorIn(line: string, since: string): string[] {
  try {
    const fact = JSON.parse(line) as Partial<
      Record<"time" | "level" | "message" | "error", unknown>
    >;
    if (fact.level !== "error" || String(fact.time) < since) return [];
    return [`${String(fact.message)} (${String(fact.time)})`];
  } catch {
    return []; // What a crash wrote beside the facts.
  }
}

const states = {
  [DoctorState.UNSPECIFIED]: "skipped",
  [DoctorState.OK]: "ok",
  [DoctorState.WARNING]: "warning",
  [DoctorState.PROBLEM]: "problem",
  [DoctorState.SKIPPED]: "skipped",
} as const satisfies Record<DoctorState, CheckState>;

/** What the daemon itself finds in its store. */
export const storeChecks: CheckFamily = {
  name: "store",
  async run({ daemon, signal, requestMs }) {
    const found = await daemon;
    if (found.kind !== "running") {
      const fix = found.kind === "stopped" ? "stigmer local start" : undefined;
      return [skipped("store", "only a daemon that answers can look at it", fix)];
    }
    const budgetMs = Math.max(100, requestMs - 500);
    const options = { signal, timeoutMs: requestMs };
    const { method } = SystemQueryController;
    const { checks } = await found.channel.unary(method.doctor, { budgetMs }, options);
    return checks.map(({ name, state, found: what, fix }) => ({
      name,
      state: states[state] ?? "skipped",
      found: what,
      ...(fix === "" ? {} : { fix }),
    }));
  },
};
