import type { ModelProviderName } from "../../../contract/model-providers.ts";
import { watchCall } from "./call-watch.ts";
import { loadProvider } from "./load-provider.ts";
import type { ProviderSettings, Transport } from "./model-request.ts";
import type { ListedModel } from "./provider-adapter.ts";
import { connectProvider } from "./provider-connection.ts";
import { toModelError } from "./to-model-error.ts";
import { untilAborted } from "./until-aborted.ts";

const answerTimeoutMs = 10_000;

export interface ListModelsRequest {
  readonly provider: ModelProviderName;
  readonly settings: ProviderSettings;
  readonly signal: AbortSignal;
  readonly transport?: Transport;
}

/**
 * Asks a provider what it has; ten seconds at most without an answer.
 *
 * @throws ModelError, with `*` for the model.
 */
export async function listModels(request: ListModelsRequest): Promise<readonly ListedModel[]> {
  const { provider, signal } = request;
  const limits = { signal, firstByteTimeoutMs: answerTimeoutMs, idleTimeoutMs: answerTimeoutMs };
  using watch = watchCall(limits);
  const call = { ...request, model: { provider, name: "*" } };
  try {
    const connection = connectProvider(call, watch);
    const adapter = await loadProvider(provider);
    return await untilAborted(adapter.listModels(connection), watch.signal);
  } catch (thrown) {
    throw toModelError(thrown, call, watch);
  }
}
