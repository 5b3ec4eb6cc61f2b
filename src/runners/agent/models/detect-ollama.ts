import type { ModelReference } from "../../../contract/model-reference.ts";
import { watchCall } from "./call-watch.ts";
import type { ProviderSettings, Transport } from "./model-request.ts";
import type { ProviderConnection } from "./provider-adapter.ts";
import { connectProvider } from "./provider-connection.ts";
import { untilAborted } from "./until-aborted.ts";

/** A local server answers at once or is not there. */
const defaultTimeoutMs = 700;

/** Each costs a request; the last changed models come first. */
const mostModelsAsked = 20;

export interface DetectOllamaRequest {
  readonly settings: ProviderSettings;
  readonly signal: AbortSignal;
  /** For all of it. */
  readonly timeoutMs?: number;
  readonly transport?: Transport;
}

/**
 * The first model of a reachable Ollama that can call tools, or `undefined`: no Ollama, no such
 * model, or no answer in time. Never throws: it only looks for a default.
 */
export async function detectOllama(
  request: DetectOllamaRequest,
): Promise<ModelReference | undefined> {
  const { settings, transport, timeoutMs = defaultTimeoutMs } = request;
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  using watch = watchCall({ signal, firstByteTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs });
  const model: ModelReference = { provider: "ollama", name: "*" };
  try {
    const connection = connectProvider(
      { model, settings, ...(transport === undefined ? {} : { transport }) },
      watch,
    );
    const name = await untilAborted(firstWithTools(connection), watch.signal);
    return name === undefined ? undefined : { provider: "ollama", name };
  } catch {
    return undefined;
  }
}

async function firstWithTools(connection: ProviderConnection): Promise<string | undefined> {
  const { listOllamaModels, showOllamaModel } = await import("./providers/ollama-api.ts");
  const names = await listOllamaModels(connection);
  for (const name of names.slice(0, mostModelsAsked)) {
    const { canCallTools } = await showOllamaModel(connection, name);
    if (canCallTools) return name;
  }
  return undefined;
}
