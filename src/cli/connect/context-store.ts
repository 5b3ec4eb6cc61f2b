import { existsSync } from "node:fs";
import { messageOf, StigmerError, toStigmerError } from "../../contract/errors.ts";
import { type DataFolder, openDataFolder } from "../../system/data-folder.ts";
import type { Variables } from "../../system/environment.ts";
import { waitForLock } from "../../system/file-lock.ts";
import { type OpenedSecretStore, openSecretStore } from "../../system/open-secret-store.ts";
import { readPrivateFile, replacePrivateFile } from "../../system/private-file.ts";
import { selfCommand } from "../../system/self-process.ts";
import { type ContextRecord, readContextRecords, unknownContext } from "./context-record.ts";

const lockTimeoutMs = 5_000;
/** A locked keychain may ask its user meanwhile; one that hangs ends here. */
const keychainTimeoutMs = 5_000;

/** The servers that were logged in to: `contexts.yaml` of the data folder, and the secret store. */
export class ContextStore {
  readonly #folder: DataFolder;
  readonly #variables: Variables;

  constructor(folder: DataFolder, variables: Variables) {
    this.#folder = folder;
    this.#variables = variables;
  }

  /** By name. */
  async list(): Promise<ContextRecord[]> {
    const text = readPrivateFile(this.#folder.contexts);
    if (text === undefined) return [];
    const { parse } = await import("yaml");
    const { contexts: path } = this.#folder;
    try {
      return readContextRecords(parse(text), path);
    } catch (cause) {
      if (cause instanceof StigmerError) throw cause;
      throw new StigmerError("invalid-argument", `${path}: ${messageOf(cause)}`, { cause });
    }
  }

  /** @throws StigmerError `not-found` */
  async get(name: string): Promise<ContextRecord> {
    const found = (await this.list()).find((record) => record.name === name);
    if (!found) throw unknownContext(name);
    return found;
  }

  /**
   * Keeps a context and its token, in place of an earlier one of that name.
   *
   * @returns what the user should know of where the token lies.
   */
  async put(record: ContextRecord, token: string | undefined): Promise<string | undefined> {
    const { home } = this.#folder;
    openDataFolder({ home, runtimeFolder: this.#variables["XDG_RUNTIME_DIR"] });
    let notice: string | undefined;
    if (token === undefined) await this.forgetToken(record.name);
    else notice = await this.#keepToken(record.name, token);
    await this.#change((records) => [
      ...records.filter(({ name }) => name !== record.name),
      record,
    ]);
    return notice;
  }

  /**
   * Forgets a context and its token.
   *
   * @returns why the token could not be removed, when it could not: a lost keychain keeps no context.
   * @throws StigmerError `not-found`
   */
  async delete(name: string): Promise<string | undefined> {
    await this.get(name);
    let problem: string | undefined;
    try {
      await this.forgetToken(name);
    } catch (thrown) {
      problem = toStigmerError(thrown).message;
    }
    await this.#change((records) => records.filter((record) => record.name !== name));
    return problem;
  }

  /** Undefined when there is none: the user logged out. */
  async token(name: string): Promise<string | undefined> {
    return await (await this.#openSecrets())?.store.get(secretName(name));
  }

  /** Tells whether there was one. */
  async forgetToken(name: string): Promise<boolean> {
    return (await (await this.#openSecrets())?.store.delete(secretName(name))) ?? false;
  }

  async #keepToken(name: string, token: string): Promise<string | undefined> {
    const { store, notice } = await this.#secrets();
    await store.set(secretName(name), token);
    return notice;
  }

  /** Undefined where nothing was ever kept. */
  async #openSecrets(): Promise<OpenedSecretStore | undefined> {
    return existsSync(this.#folder.secretSource) ? await this.#secrets() : undefined;
  }

  #secrets(): Promise<OpenedSecretStore> {
    return openSecretStore({
      folder: this.#folder,
      self: selfCommand(),
      variables: this.#variables,
      timeoutMs: keychainTimeoutMs,
    });
  }

  async #change(edit: (records: readonly ContextRecord[]) => ContextRecord[]): Promise<void> {
    const { contexts: path } = this.#folder;
    const { stringify } = await import("yaml");
    using _lock = await waitForLock(`${path}.lock`, lockTimeoutMs);
    const records = edit(await this.list()).toSorted((one, other) =>
      one.name.localeCompare(other.name),
    );
    const contexts = Object.fromEntries(records.map(({ name, ...fields }) => [name, fields]));
    replacePrivateFile(path, stringify({ contexts }));
  }
}

function secretName(context: string): string {
  return `context/${context}/token`;
}
