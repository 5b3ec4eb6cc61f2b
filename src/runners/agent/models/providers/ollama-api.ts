import { z } from "zod";
import type { ProviderConnection } from "../provider-adapter.ts";
import { requestJson } from "../request-json.ts";

/** What Ollama knows about a model it has. */
export interface OllamaModel {
  readonly contextLength: number | undefined;
  readonly canCallTools: boolean;
  readonly canThink: boolean;
  readonly canSee: boolean;
  /** Whether it takes an effort and not only yes or no. */
  readonly hasThinkLevels: boolean;
}

/** Names of the models that were pulled, the last changed first. */
export async function listOllamaModels(connection: ProviderConnection): Promise<string[]> {
  const list = tags.parse(
    await requestJson(connection, ollamaUrl(connection, "/api/tags"), {
      headers: ollamaHeaders(connection),
    }),
  );
  return list.models.map(({ name }) => name);
}

export async function showOllamaModel(
  connection: ProviderConnection,
  model: string,
): Promise<OllamaModel> {
  const { model_info: info, capabilities } = show.parse(
    await requestJson(connection, ollamaUrl(connection, "/api/show"), {
      headers: ollamaHeaders(connection),
      body: { model },
    }),
  );
  const contextLength = Object.entries(info).find(([key]) => key.endsWith(".context_length"))?.[1];
  return {
    contextLength: typeof contextLength === "number" ? contextLength : undefined,
    canCallTools: capabilities.includes("tools"),
    canThink: capabilities.includes("thinking"),
    canSee: capabilities.includes("vision"),
    hasThinkLevels: String(info["general.architecture"]).startsWith("gptoss"),
  };
}

const tags = z.object({ models: z.array(z.object({ name: z.string() })) });

const show = z.object({
  model_info: z.record(z.string(), z.unknown()).default({}),
  capabilities: z.array(z.string()).default([]),
});

/**
 * `OLLAMA_HOST` may be a bare `host:port`, and name the address that the server listens on: a
 * client cannot connect to "all addresses".
 */
export function ollamaUrl({ baseUrl }: Pick<ProviderConnection, "baseUrl">, path: string): string {
  const url = new URL(baseUrl.includes("://") ? baseUrl : `http://${withPort(baseUrl)}`);
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.hostname === "[::]") url.hostname = "[::1]";
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}${path}`;
}

function withPort(host: string): string {
  return /:\d+$/.test(host) ? host : `${host}:11434`;
}

/** A key is only needed for Ollama's cloud or a proxy. */
export function ollamaHeaders({ settings }: ProviderConnection): Record<string, string> {
  return settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` };
}
