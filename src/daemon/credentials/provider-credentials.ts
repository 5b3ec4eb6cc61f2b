import { create } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import {
  type ProviderCredential,
  ProviderCredentialSchema,
} from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import {
  findModelProvider,
  modelProviderNames,
  type ModelProvider,
} from "../../contract/model-providers.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import type { OpenedSecretStore } from "../../system/open-secret-store.ts";
import type { Settings } from "../../system/settings.ts";

export interface ProviderCredentialsOptions {
  /** Opened at first use: a keychain that does not answer must not hold up the start. */
  readonly secrets: () => Promise<OpenedSecretStore>;
  /** Whether a store was ever chosen: before that there is nothing in it. */
  readonly hasSecrets: () => boolean;
  readonly settings: () => Promise<Settings>;
}

/** Keys that `model login` keeps, laid under what a caller lends. */
export class ProviderCredentials {
  readonly #options: ProviderCredentialsOptions;
  readonly #kept = new Map<string, string | undefined>();
  /** Logins and logouts so far. */
  #changes = 0;

  constructor(options: ProviderCredentialsOptions) {
    this.#options = options;
  }

  /** Keeps a key. Returns where, and what the user should know about it. */
  async login(provider: string, apiKey: string): Promise<{ store: string; notice: string }> {
    const { name, needsKey } = known(provider);
    if (!needsKey && name === "script") throw noKeyNeeded(name);
    const { store, notice = "" } = await this.#options.secrets();
    await store.set(secretName(name), apiKey);
    this.#keep(name, apiKey);
    return { store: store.kind, notice };
  }

  async logout(provider: string): Promise<boolean> {
    const { name } = known(provider);
    if (!this.#options.hasSecrets()) return false;
    const { store } = await this.#options.secrets();
    const removed = await store.delete(secretName(name));
    this.#keep(name, undefined);
    return removed;
  }

  /** What calls to a provider use: a kept key first, then the lent one; `source` is empty when there is nothing. */
  async resolve(
    provider: string,
    lent: ProviderCredential | undefined,
  ): Promise<ProviderCredential> {
    const settings = await this.#options.settings();
    const kept = await this.#keptKey(provider);
    const configured = settings.all("providers.NAME.baseUrl").get(provider) ?? "";
    const baseUrl = lent?.baseUrl || configured;
    const own = lent === undefined ? "" : lent.source || "caller";
    const source = kept !== undefined ? "login" : own || (configured === "" ? "" : "config");
    return create(ProviderCredentialSchema, {
      provider,
      apiKey: kept ?? lent?.apiKey ?? "",
      baseUrl,
      source,
    });
  }

  /** Names of the providers that there is a key for. */
  async providersWithKeys(lent: readonly ProviderCredential[]): Promise<string[]> {
    const all = await this.resolveAll(lent);
    return all
      .filter(({ source }) => source !== "" && source !== "config")
      .map(({ provider }) => provider);
  }

  async resolveAll(lent: readonly ProviderCredential[]): Promise<ProviderCredential[]> {
    return await Promise.all(
      modelProviderNames.map((name) =>
        this.resolve(
          name,
          lent.find(({ provider }) => provider === name),
        ),
      ),
    );
  }

  #keep(provider: string, key: string | undefined): void {
    this.#changes += 1;
    this.#kept.set(provider, key);
  }

  async #keptKey(provider: string): Promise<string | undefined> {
    const descriptor = findModelProvider(provider);
    if (descriptor === undefined || descriptor.name === "script") return undefined;
    if (this.#kept.has(provider)) return this.#kept.get(provider);
    if (!this.#options.hasSecrets()) return undefined;
    const before = this.#changes;
    const { store } = await this.#options.secrets();
    const key = await store.get(secretName(provider));
    // A login or logout meanwhile knows better.
    if (this.#changes === before) this.#kept.set(provider, key);
    return this.#kept.has(provider) ? this.#kept.get(provider) : key;
  }
}

function secretName(provider: string): string {
  return `model/${provider}`;
}

function known(provider: string): ModelProvider {
  const found = findModelProvider(provider);
  if (found) return found;
  const nearest = nearestName(provider, modelProviderNames);
  throw new StigmerError("invalid-argument", `there is no provider "${provider}"`, {
    hint:
      nearest === undefined
        ? `providers: ${modelProviderNames.join(", ")}`
        : `did you mean ${nearest}?`,
  });
}

function noKeyNeeded(provider: string): StigmerError {
  return new StigmerError("invalid-argument", `${provider} needs no key`, {
    hint: "stigmer model test script/echo",
  });
}
