import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { messageOf, StigmerError } from "../contract/errors.ts";
import { CredentialsFile } from "./credentials-file.ts";
import type { DataFolder } from "./data-folder.ts";
import { Keychain } from "./keychain.ts";
import type { KeychainOptions } from "./keychain.ts";
import { createPrivateFile, readPrivateFile } from "./private-file.ts";
import type { SecretStore } from "./secret-store.ts";

export interface SecretStoreOptions extends KeychainOptions {
  readonly folder: Pick<DataFolder, "secretSource" | "credentials">;
}

export interface OpenedSecretStore {
  readonly store: SecretStore;
  /** For the user, once: secrets lie in a file because no keychain answered. */
  readonly notice?: string;
}

/** Which store holds the secrets of a data folder, and how the right keychain is known again. */
type SecretSource =
  | { readonly kind: "file" }
  | { readonly kind: "keychain"; readonly namespace: string; readonly check: string };

const checkName = "check";

/**
 * The store of this data folder's secrets. The first call chooses the keychain if one answers, else
 * a file, and records the choice; later calls keep to it. A chosen keychain that is locked, gone or
 * another one is an error: to go on with a second store would look like lost secrets.
 * @throws StigmerError unavailable, failed-precondition, permission-denied
 */
export async function openSecretStore(options: SecretStoreOptions): Promise<OpenedSecretStore> {
  const recorded = readSource(options.folder.secretSource);
  if (recorded) return { store: await reopen(recorded, options) };
  const choice = await choose(options);
  const isRecorded = createPrivateFile(
    options.folder.secretSource,
    `${JSON.stringify(choice.source)}\n`,
  );
  // Another process was faster: its choice holds.
  return isRecorded ? choice.opened : openSecretStore(options);
}

interface Choice {
  readonly source: SecretSource;
  readonly opened: OpenedSecretStore;
}

async function choose(options: SecretStoreOptions): Promise<Choice> {
  if (existsSync(options.folder.credentials)) return chooseFile(options, "there were some already");
  const namespace = randomBytes(8).toString("hex");
  const check = randomBytes(16).toString("hex");
  try {
    const store = new Keychain(namespace, options);
    await store.set(checkName, check);
    await verify(store, check);
    return { source: { kind: "keychain", namespace, check }, opened: { store } };
  } catch (cause) {
    return chooseFile(options, messageOf(cause));
  }
}

function chooseFile({ folder }: SecretStoreOptions, reason: string): Choice {
  const store = new CredentialsFile(folder.credentials);
  store.create();
  const notice = `secrets are kept in ${folder.credentials}, which only you can read: ${reason}`;
  return { source: { kind: "file" }, opened: { store, notice } };
}

async function reopen(source: SecretSource, options: SecretStoreOptions): Promise<SecretStore> {
  if (source.kind === "file") return new CredentialsFile(options.folder.credentials);
  const store = new Keychain(source.namespace, options);
  await verify(store, source.check);
  return store;
}

/** A locked keychain may answer as an empty one does, so a value that must be there is asked for. */
async function verify(store: SecretStore, check: string): Promise<void> {
  if ((await store.get(checkName)) === check) return;
  throw new StigmerError("failed-precondition", "the keychain does not hold what was put there", {
    hint: "unlock the keychain that was in use when the secrets were set, and try again",
  });
}

function readSource(path: string): SecretSource | undefined {
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  const source = parseSource(text);
  if (source) return source;
  throw new StigmerError("failed-precondition", `${path} does not say where the secrets are`, {
    hint: `restore it from a copy, or delete it and set every secret again`,
  });
}

function parseSource(text: string): SecretSource | undefined {
  try {
    const { kind, namespace, check } = JSON.parse(text) as Record<string, unknown>;
    if (kind === "file") return { kind };
    if (kind !== "keychain" || typeof namespace !== "string" || typeof check !== "string") {
      return undefined;
    }
    return { kind, namespace, check };
  } catch {
    return undefined; // The caller says what is wrong and what to do.
  }
}
