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

type Login = Pick<ContextRecord, "name" | "server">;

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

  /** @throws StigmerError `already-exists` when the name is that of another server */
  async checkName(name: string, server: string): Promise<void> {
    refuseOther(await this.list(), { name, server });
  }

  /**
   * Keeps a context and its token, in place of an earlier login to the same server.
   *
   * @returns what the user should know of where the token lies.
   * @throws StigmerError `already-exists` when the name is that of another server
   */
  async put(record: ContextRecord, token: string | undefined): Promise<string | undefined> {
    const { home } = this.#folder;
    openDataFolder({ home, runtimeFolder: this.#variables["XDG_RUNTIME_DIR"] });
    let notice: string | undefined;
    if (token === undefined) await this.forgetToken(record);
    else notice = await this.#keepToken(record, token);
    await this.#change((records) => {
      refuseOther(records, record);
      return [...records.filter(({ name }) => name !== record.name), record];
    });
    return notice;
  }

  /**
   * Forgets a context and its token.
   *
   * @returns why the token could not be removed, when it could not: a lost keychain keeps no context.
   * @throws StigmerError `not-found`
   */
  async delete(name: string): Promise<string | undefined> {
    const record = await this.get(name);
    let problem: string | undefined;
    try {
      await this.forgetToken(record);
    } catch (thrown) {
      problem = toStigmerError(thrown).message;
    }
    await this.#change((records) => records.filter((each) => each.name !== name));
    return problem;
  }

  /** Undefined when there is none: the user logged out. */
  async token(login: Login): Promise<string | undefined> {
    return await (await this.#openSecrets())?.store.get(secretName(login));
  }

  /** Tells whether there was one. */
  async forgetToken(login: Login): Promise<boolean> {
    return (await (await this.#openSecrets())?.store.delete(secretName(login))) ?? false;
  }

  async #keepToken(login: Login, token: string): Promise<string | undefined> {
    const { store, notice } = await this.#secrets();
    await store.set(secretName(login), token);
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

function refuseOther(records: readonly ContextRecord[], { name, server }: Login): void {
  const other = records.find((record) => record.name === name && record.server !== server);
  if (!other) return;
  throw new StigmerError("already-exists", `The context ${name} is one of ${other.server}.`, {
    hint: `choose another name with --name NAME, or: stigmer context delete ${name}`,
  });
}

/** The server is part of it: a token is found for the server that it was given for, and no other. */
function secretName({ name, server }: Login): string {
  const hash = new Bun.CryptoHasher("sha256").update(server).digest("hex");
  return `context/${name}/${hash}/token`;
}
