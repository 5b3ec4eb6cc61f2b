import { messageOf } from "../../contract/errors.ts";
import type { ModelProvider } from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import { ModelQueryController } from "../../contract/gen/ai/stigmer/agentic/model/v1/query_pb.ts";
import { modelProviders } from "../../contract/model-providers.ts";
import { callerCredentials } from "../connect/caller-credentials.ts";
import {
  type Check,
  type CheckFamily,
  type DoctorFacts,
  ok,
  problem,
  skipped,
  warning,
} from "./check.ts";

export const modelChecks: CheckFamily = { name: "model providers", run: checkModels };

/** A provider as far as it concerns whether it can be called. Holds no key. */
type Provider = Pick<ModelProvider, "name" | "needsKey" | "keySource" | "baseUrl"> & {
  /** Somebody gave a key or an address: it is meant to work. */
  readonly wanted: boolean;
};

async function checkModels(facts: DoctorFacts): Promise<Check[]> {
  const providers = await providersOf(facts);
  const checks = await Promise.all(
    providers.filter(isCallable).map((provider) => checkProvider(provider, facts)),
  );
  const usable = checks.some(({ state }) => state === "ok");
  return [await accessCheck(facts, usable), ...checks];
}

/** What an agent that names no model gets. */
async function accessCheck({ settings }: DoctorFacts, usable: boolean): Promise<Check> {
  const name = "model access";
  const read = await settings;
  if (!read) return skipped("model access", "the settings cannot be read");
  const chosen = read.get("model.default");
  if (chosen !== undefined) return ok(name, `the default model is ${chosen}`);
  if (usable) return ok(name, "the default model is one of a provider that answers");
  const found = "no model is set and no provider can be called; script/echo works without one";
  return warning(name, found, "stigmer model login anthropic");
}

/** Without a key it would refuse every call: asking whether it is there tells nothing. */
function isCallable({ name, needsKey, keySource, baseUrl, wanted }: Provider): boolean {
  if (name === "script" || baseUrl === "") return false;
  return wanted || (!needsKey && name === "ollama") || keySource !== "";
}

/** Any answer counts: no key is sent, so that none can be refused. */
async function checkProvider(provider: Provider, facts: DoctorFacts): Promise<Check> {
  const name = `model ${provider.name}`;
  const where = withoutUser(provider.baseUrl);
  const key = provider.keySource === "" ? "no key" : `key from ${provider.keySource}`;
  const failure = await reach(provider.baseUrl, facts);
  if (failure === undefined) return ok(name, `${key}; ${where} answers`);
  if (!provider.wanted) {
    const hint = modelProviders[provider.name as keyof typeof modelProviders].howToGetOne;
    return skipped(name, `nothing answers at ${where}`, hint);
  }
  const fix = `stigmer config explain providers.${provider.name}.baseUrl`;
  return problem(name, `${key}; ${where} cannot be reached: ${failure}`, fix);
}

async function reach(url: string, facts: DoctorFacts): Promise<string | undefined> {
  const signal = AbortSignal.any([facts.signal, AbortSignal.timeout(facts.requestMs)]);
  try {
    const response = await fetch(url, { method: "HEAD", redirect: "manual", signal });
    await response.body?.cancel();
    return undefined;
  } catch (thrown) {
    return signal.aborted ? "no answer in time" : messageOf(thrown);
  }
}

async function providersOf(facts: DoctorFacts): Promise<Provider[]> {
  const found = await facts.daemon;
  if (found.kind !== "running") return await providersHere(facts);
  const options = {
    metadata: callerCredentials(facts.environment),
    signal: facts.signal,
    timeoutMs: facts.requestMs,
  };
  const { items } = await found.channel.unary(ModelQueryController.method.list, {}, options);
  return items.map((item) => ({
    ...item,
    wanted: item.keySource !== "" || item.baseUrlSource !== "default",
  }));
}

/** From variables and settings: which keys are stored only a daemon says. */
async function providersHere({ settings, environment }: DoctorFacts): Promise<Provider[]> {
  const configured = (await settings)?.all("providers.NAME.baseUrl");
  const { modelVariables } = environment;
  return Object.values(modelProviders).map((provider) => {
    const { name, needsKey, credentialVariables, baseUrlVariable = "", defaultBaseUrl } = provider;
    const keySource = credentialVariables.find((variable) => modelVariables[variable]) ?? "";
    const own = modelVariables[baseUrlVariable] ?? configured?.get(name);
    const baseUrl = own ?? defaultBaseUrl ?? "";
    return { name, needsKey, keySource, baseUrl, wanted: keySource !== "" || own !== undefined };
  });
}

function withoutUser(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? "its address" : `${parsed.origin}${parsed.pathname}`;
}
