import type { ProviderCredential } from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import type { Settings } from "../../system/settings.ts";
import type { ProviderSettings } from "./models/model-request.ts";
import type { PriceTable } from "./models/model-price.ts";

/** What the adapter of a provider is told: the lent or kept key, and the settings of the daemon. */
export function providerSettings(
  credential: ProviderCredential,
  settings: Settings,
): ProviderSettings {
  const contextLength = settings.get("providers.ollama.contextLength");
  const keepAliveMs = settings.get("providers.ollama.keepAlive");
  const scriptFile = settings.get("providers.script.file");
  return {
    prices: priceTable(settings),
    ...(credential.apiKey === "" ? {} : { apiKey: credential.apiKey }),
    ...(credential.baseUrl === "" ? {} : { baseUrl: credential.baseUrl }),
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(keepAliveMs === undefined ? {} : { keepAlive: `${Math.round(keepAliveMs / 1_000)}s` }),
    ...(scriptFile === undefined ? {} : { scriptFile }),
  };
}

function priceTable(settings: Settings): PriceTable {
  const input = settings.all("prices.MODEL.inputPerMillion");
  const output = settings.all("prices.MODEL.outputPerMillion");
  const cacheRead = settings.all("prices.MODEL.cacheReadPerMillion");
  const cacheWrite = settings.all("prices.MODEL.cacheWritePerMillion");
  return Object.fromEntries(
    [...input].map(([model, price]) => [
      model,
      {
        input: price,
        output: output.get(model) ?? 0,
        cacheRead: cacheRead.get(model) ?? price,
        cacheWrite: cacheWrite.get(model) ?? price,
      },
    ]),
  );
}
