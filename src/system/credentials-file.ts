import { StigmerError } from "../contract/errors.ts";
import { waitForLock } from "./file-lock.ts";
import { createPrivateFile, readPrivateFile, replacePrivateFile } from "./private-file.ts";
import type { SecretStore } from "./secret-store.ts";

const lockTimeoutMs = 5_000;

/**
 * Secrets in one 0600 JSON file, for machines without a keychain: as safe as the user's account.
 * Refused when another user could read it or put it there.
 */
export class CredentialsFile implements SecretStore {
  readonly kind = "file";
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Makes an empty file unless there is one. Without the file every other call fails. */
  create(): void {
    createPrivateFile(this.#path, "{}\n");
  }

  async get(name: string): Promise<string | undefined> {
    return this.#read().get(name);
  }

  async set(name: string, value: string): Promise<void> {
    using _lock = await this.#lock();
    this.#write(this.#read().set(name, value));
  }

  async delete(name: string): Promise<boolean> {
    using _lock = await this.#lock();
    const secrets = this.#read();
    if (!secrets.delete(name)) return false;
    this.#write(secrets);
    return true;
  }

  #lock() {
    return waitForLock(`${this.#path}.lock`, lockTimeoutMs);
  }

  #write(secrets: ReadonlyMap<string, string>): void {
    replacePrivateFile(
      this.#path,
      `${JSON.stringify(Object.fromEntries(secrets), undefined, 2)}\n`,
    );
  }

  #read(): Map<string, string> {
    const text = readPrivateFile(this.#path);
    if (text === undefined) throw lost(this.#path, "is missing");
    const secrets = parseSecrets(text);
    if (!secrets) throw lost(this.#path, "is damaged");
    return secrets;
  }
}

function parseSecrets(text: string): Map<string, string> | undefined {
  try {
    const entries: [string, unknown][] = Object.entries(JSON.parse(text) as object);
    const texts = entries.filter(
      (entry): entry is [string, string] => typeof entry[1] === "string",
    );
    return texts.length === entries.length ? new Map(texts) : undefined;
  } catch {
    return undefined; // The parser's message could show a secret.
  }
}

function lost(path: string, what: string): StigmerError {
  return new StigmerError("data-loss", `the file with your secrets ${what}: ${path}`, {
    hint: `restore it from a copy; to start without secrets, write {} to it and chmod 600 ${path}`,
  });
}
