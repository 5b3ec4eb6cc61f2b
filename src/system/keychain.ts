import { once } from "node:events";
import { text } from "node:stream/consumers";
import { StigmerError } from "../contract/errors.ts";
import { formatDuration } from "./duration.ts";
import { scrubbedEnvironment } from "./environment.ts";
import type { Variables } from "./environment.ts";
import { keychainCommand } from "./keychain-process.ts";
import type { KeychainOperation, KeychainRequest, KeychainResponse } from "./keychain-process.ts";
import type { SecretStore } from "./secret-store.ts";
import { spawnCommand } from "./self-process.ts";
import type { SelfCommand } from "./self-process.ts";

export interface KeychainOptions {
  /** This program: it is started again for each operation. */
  readonly self: SelfCommand;
  /** The caller's variables: where the secret service of the session listens. */
  readonly variables: Variables;
  /** How long one operation may take; a locked keychain may ask the user meanwhile. */
  readonly timeoutMs: number;
}

/** The keychain of the operating system: Keychain on macOS, the Secret Service on Linux. */
export class Keychain implements SecretStore {
  readonly kind = "keychain";
  readonly #namespace: string;
  readonly #options: KeychainOptions;

  /** @param namespace keeps the secrets of one data folder apart from those of another */
  constructor(namespace: string, options: KeychainOptions) {
    this.#namespace = namespace;
    this.#options = options;
  }

  async get(name: string): Promise<string | undefined> {
    const response = await this.#ask("get", name);
    return response.kind === "found" ? response.value : undefined;
  }

  async set(name: string, value: string): Promise<void> {
    await this.#ask("set", name, value);
  }

  async delete(name: string): Promise<boolean> {
    return (await this.#ask("delete", name)).kind === "done";
  }

  async #ask(
    operation: KeychainOperation,
    name: string,
    value?: string,
  ): Promise<Exclude<KeychainResponse, { kind: "failed" }>> {
    const request: KeychainRequest = {
      service: "stigmer",
      account: `${this.#namespace}/${name}`,
      ...(value === undefined ? {} : { value }),
    };
    const response = await runKeychain(operation, request, this.#options);
    if (response.kind === "failed") throw unavailable(response.message);
    return response;
  }
}

async function runKeychain(
  operation: KeychainOperation,
  request: KeychainRequest,
  { self, variables, timeoutMs }: KeychainOptions,
): Promise<KeychainResponse> {
  const child = spawnCommand(self, [keychainCommand, operation], {
    stdio: ["pipe", "pipe", "ignore"],
    env: scrubbedEnvironment(variables),
  });
  if (!child.stdin || !child.stdout) throw new Error("a piped stream is missing");
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  try {
    // A child that ends before it has read all: how it ended says more than the broken pipe.
    child.stdin.on("error", () => undefined);
    child.stdin.end(JSON.stringify(request));
    const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, "close")]);
    if (child.killed) throw unavailable(`no answer within ${formatDuration(timeoutMs)}`);
    if (exitCode !== 0) throw unavailable(`its process ended with code ${exitCode}`);
    return JSON.parse(output) as KeychainResponse;
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(reason: string): StigmerError {
  return new StigmerError("unavailable", `the keychain cannot be used: ${reason}`, {
    hint: "unlock the keychain of your login session and try again",
  });
}
