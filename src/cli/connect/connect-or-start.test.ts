import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StigmerError } from "../../contract/errors.ts";
import { SystemQueryController } from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { type DataFolder, dataFolderAt, openDataFolder } from "../../system/data-folder.ts";
import { callerEnvironment, processVariables } from "../../system/environment.ts";
import { isLocked } from "../../system/file-lock.ts";
import { buildId, version } from "../../system/version.ts";
import { readPreferences } from "../preferences.ts";
import { Terminal } from "../terminal.ts";
import { type ConnectOptions, connectOrStart } from "./connect-or-start.ts";
import { stopDaemon } from "./stop-daemon.ts";

let folder: DataFolder;

const environment = callerEnvironment({});
const terminal = new Terminal(process, readPreferences(["-q"], environment), environment);
const variables = { ...processVariables(), STIGMER_PORT: "0" };
const { signal } = new AbortController();

function options(rest: Partial<ConnectOptions> = {}): ConnectOptions {
  return { folder, variables, signal, mayStart: true, ...rest };
}

async function failureOf(attempt: Promise<unknown>): Promise<StigmerError> {
  const thrown: unknown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof StigmerError) return thrown;
  throw new Error("it did not fail");
}

beforeEach(() => {
  folder = dataFolderAt({ home: mkdtempSync(join(tmpdir(), "stigmer-cli-")) });
});

afterEach(async () => {
  await stopDaemon({ folder, signal, terminal });
  rmSync(folder.home, { recursive: true, force: true });
});

describe("a command that needs the daemon", () => {
  test("starts one, however many commands need it at the same time", async () => {
    const connected = await Promise.all([1, 2, 3, 4].map(() => connectOrStart(options())));
    const pids = await Promise.all(
      connected.map(async ({ channel }) => {
        using connection = channel;
        return (await connection.unary(SystemQueryController.method.info, {})).pid;
      }),
    );
    expect(new Set(pids).size).toBe(1);
    expect(connected[0]?.version).toMatchObject({ version, buildId });
  });

  test("does not start one with --no-start", async () => {
    const error = await failureOf(connectOrStart(options({ mayStart: false })));
    expect(error.code).toBe("unavailable");
    expect(error.hint).toBe("stigmer local start");
    expect(isLocked(folder.lock)).toBe(false);
  });

  test("says what the daemon said when it cannot start", async () => {
    openDataFolder({ home: folder.home });
    writeFileSync(folder.config, "no.such.setting: 1\n", { mode: 0o600 });
    const error = await failureOf(connectOrStart(options()));
    expect(error.message).toContain("no.such.setting");
  });
});

describe("stopping the daemon", () => {
  test("ends when it let go of the data folder", async () => {
    const { channel } = await connectOrStart(options());
    channel[Symbol.dispose]();
    const stopped = await stopDaemon({ folder, signal, terminal });
    expect(stopped?.pid).toBeGreaterThan(0);
    expect(isLocked(folder.lock)).toBe(false);
  });

  test("does nothing when none runs", async () => {
    const stopped = await stopDaemon({ folder, signal, terminal });
    expect(stopped).toBeUndefined();
  });
});
