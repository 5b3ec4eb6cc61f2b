import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../contract/errors.ts";
import type { Variables } from "./environment.ts";

/** A container that was, or is about to be, started. It is no child of ours: its engine's is. */
export interface ContainerRecord {
  readonly name: string;
  /** Of the processes that belong to it; see `child-sweep.ts`. */
  readonly tag: string;
  /** Absolute path of `docker` or `podman`. */
  readonly client: string;
}

/** Where the engine is; none of it is a secret. */
const clientVariables = [
  "DOCKER_HOST",
  "DOCKER_CONTEXT",
  "DOCKER_CONFIG",
  "DOCKER_TLS_VERIFY",
  "DOCKER_CERT_PATH",
  "CONTAINER_HOST",
  "XDG_RUNTIME_DIR",
] as const;

/** What the client of a container engine needs of the caller's variables, besides PATH and HOME. */
export function containerClientVariables(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    clientVariables.flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * The containers of one data folder that are not known to be removed, a file for each: written
 * before the container is started, so that a crash leaves none that nobody knows.
 */
export class Containers {
  readonly #folder: string;
  readonly #variables: Variables;
  readonly #timeoutMs: number;

  /** @param mcpFolder private folder of the MCP servers */
  constructor(mcpFolder: string, variables: Variables, timeoutMs = 5_000) {
    // No package that is kept beside it can have this name.
    this.#folder = join(mcpFolder, ".containers");
    this.#variables = variables;
    this.#timeoutMs = timeoutMs;
  }

  async record(container: ContainerRecord): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(join(this.#folder, container.name), JSON.stringify(container), { mode: 0o600 });
  }

  /** Removes a container, running or not, within the time; one that stays keeps its record. */
  async remove(container: ContainerRecord): Promise<boolean> {
    const isGone = (await this.#forceRemove(container)) || (await this.#isUnknown(container));
    if (isGone) await rm(join(this.#folder, container.name), { force: true });
    return isGone;
  }

  /** Removes those whose tag begins so. Returns the names of what could not be removed. */
  async sweep(tagPrefix: string): Promise<string[]> {
    const records = await this.#records();
    const swept = records.filter(({ tag }) => tag.startsWith(tagPrefix));
    const removed = await Promise.all(swept.map((container) => this.remove(container)));
    return swept.flatMap(({ name }, index) => (removed[index] === true ? [] : [name]));
  }

  async #records(): Promise<ContainerRecord[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const texts = await Promise.all(
      names.map((name) => readFile(join(this.#folder, name), "utf8").catch(() => "")),
    );
    // Half a record is of a container that was not started yet.
    return texts.flatMap((text) => parseRecord(text) ?? []);
  }

  async #forceRemove({ client, name }: ContainerRecord): Promise<boolean> {
    return (await this.#run(client, ["rm", "--force", "--volumes", name])).code === 0;
  }

  /** Removed by itself, or never started: the engine answers, and does not know it. */
  async #isUnknown({ client, name }: ContainerRecord): Promise<boolean> {
    const listed = await this.#run(client, [
      "ps",
      "--all",
      "--quiet",
      "--filter",
      `name=^${name}$`,
    ]);
    return listed.code === 0 && listed.stdout.trim() === "";
  }

  #run(client: string, args: readonly string[]): Promise<{ code: number | null; stdout: string }> {
    const { PATH = "", HOME = "" } = this.#variables;
    const env = { PATH, HOME, ...containerClientVariables(this.#variables) };
    const { promise, resolve } = Promise.withResolvers<{ code: number | null; stdout: string }>();
    const stdio = ["ignore", "pipe", "ignore"] as const;
    const timeout = this.#timeoutMs;
    const child = spawn(client, args, { env, timeout, stdio: [...stdio], killSignal: "SIGKILL" });
    let stdout = "";
    child.stdout?.on("data", (chunk: Buffer) => (stdout += String(chunk)));
    child.on("error", (thrown) => resolve({ code: null, stdout: messageOf(thrown) }));
    child.on("exit", (code) => resolve({ code, stdout }));
    return promise;
  }
}

function parseRecord(text: string): ContainerRecord | undefined {
  try {
    return JSON.parse(text) as ContainerRecord;
  } catch {
    return undefined;
  }
}
