/** Keeps a few secrets of this data folder: keys of model providers, the master key. */
export interface SecretStore {
  readonly kind: SecretStoreKind;
  /** @throws StigmerError unavailable when the store does not answer or is locked */
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
  /** @returns whether there was one */
  delete(name: string): Promise<boolean>;
}

export type SecretStoreKind = "keychain" | "file";
