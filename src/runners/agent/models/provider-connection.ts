import { modelProviders } from "../../../contract/model-providers.ts";
import type { ModelReference } from "../../../contract/model-reference.ts";
import type { CallWatch } from "./call-watch.ts";
import { ModelError } from "./model-error.ts";
import type { ProviderSettings, Transport } from "./model-request.ts";
import type { ProviderConnection } from "./provider-adapter.ts";
import { watchedFetch } from "./watched-fetch.ts";

export interface ConnectionRequest {
  readonly model: ModelReference;
  readonly settings: ProviderSettings;
  readonly transport?: Transport;
  readonly cacheKey?: string;
  readonly attempt?: number;
}

/**
 * Where and how the calls of a provider go, decided before anything is sent.
 *
 * @throws ModelError `credential-missing` without a needed key, `invalid-request` without a usable
 *   base URL.
 */
export function connectProvider(request: ConnectionRequest, watch: CallWatch): ProviderConnection {
  const { model, settings } = request;
  const provider = modelProviders[model.provider];
  const own = provider.defaultBaseUrl ?? "";
  const baseUrl = withoutTrailingSlash(settings.baseUrl?.trim() || own);
  const isCustomBaseUrl = baseUrl !== own;
  if (provider.needsKey && !isCustomBaseUrl && !settings.apiKey) {
    throw new ModelError("credential-missing", `No key for ${provider.title}.`, model);
  }
  if (provider.name !== "script") requireUsable(baseUrl, model);
  return {
    settings,
    baseUrl,
    isCustomBaseUrl,
    fetch: watchedFetch(watch, request.transport),
    watch,
    cacheKey: request.cacheKey,
    attempt: request.attempt ?? 1,
  };
}

function requireUsable(baseUrl: string, model: ModelReference): void {
  const { title, howToGetOne } = modelProviders[model.provider];
  const candidate = model.provider === "ollama" ? withScheme(baseUrl) : baseUrl;
  const protocol = URL.parse(candidate)?.protocol;
  if (protocol === "http:" || protocol === "https:") return;
  const problem = baseUrl === "" ? "No base URL" : `"${baseUrl}" is not a base URL`;
  throw new ModelError("invalid-request", `${problem} for ${title}.`, model, { hint: howToGetOne });
}

function withScheme(address: string): string {
  return address.includes("://") ? address : `http://${address}`;
}

function withoutTrailingSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
