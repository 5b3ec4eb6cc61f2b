import { create } from "@bufbuild/protobuf";
import {
  type ModelProvider,
  ModelProviderSchema,
  type ProviderCredential,
} from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import { ModelCommandController } from "../../contract/gen/ai/stigmer/agentic/model/v1/command_pb.ts";
import { ModelQueryController } from "../../contract/gen/ai/stigmer/agentic/model/v1/query_pb.ts";
import { modelProviderNames, modelProviders } from "../../contract/model-providers.ts";
import type { AgentExecutions } from "../../resources/agent-executions.ts";
import type { Settings } from "../../system/settings.ts";
import { readCredentials } from "../credentials/lent-credentials.ts";
import type { ProviderCredentials } from "../credentials/provider-credentials.ts";
import { settingTexts } from "../dispatch/claim-message.ts";
import type { Jobs } from "../dispatch/jobs.ts";
import { implement, type ServiceImplementation } from "../grpc/handlers.ts";

export interface ModelServicesOptions {
  readonly credentials: ProviderCredentials;
  readonly executions: AgentExecutions;
  readonly jobs: Jobs;
  readonly settings: () => Promise<Settings>;
}

/** Keys of model providers, and what there is to call. */
export function modelServices(options: ModelServicesOptions): ServiceImplementation[] {
  return [commandService(options), queryService(options)];
}

function commandService({
  credentials,
  executions,
  jobs,
  settings,
}: ModelServicesOptions): ServiceImplementation {
  return implement(ModelCommandController, {
    async login({ provider, apiKey }) {
      const kept = await credentials.login(provider, apiKey.trim());
      const resumedExecutions = await executions.wakeAllForCredential(provider);
      return { provider, ...kept, resumedExecutions };
    },
    async logout({ provider }) {
      return { provider, removed: await credentials.logout(provider) };
    },
    async test({ model }, call) {
      const providers = await credentials.resolveAll(readCredentials(call.credentials));
      const job = { case: "testModel", value: { model } } as const;
      const shared = { settings: settingTexts(await settings()), credentials: { providers } };
      return await jobs.run("modelTest", { ...shared, job }, call.signal);
    },
  });
}

function queryService({
  credentials,
  jobs,
  settings,
}: ModelServicesOptions): ServiceImplementation {
  return implement(ModelQueryController, {
    async list({ provider, withModels }, call) {
      const current = await settings();
      const all = await credentials.resolveAll(readCredentials(call.credentials));
      const wanted = all.filter(
        (credential) => provider === "" || credential.provider === provider,
      );
      const items = wanted.map(toProvider);
      if (withModels) {
        const names = items.filter(isUsable).map(({ name }) => name);
        const job = { case: "listModels", value: { providers: names } } as const;
        const shared = { settings: settingTexts(current), credentials: { providers: all } };
        const answer = await jobs.run("models", { ...shared, job }, call.signal);
        for (const found of answer.items) {
          const item = items.find(({ name }) => name === found.name);
          if (item) Object.assign(item, { models: found.models, error: found.error });
        }
      }
      return { items, defaultModel: current.get("model.default") ?? "" };
    },
  });
}

function toProvider(credential: ProviderCredential): ModelProvider {
  const name = modelProviderNames.find((known) => known === credential.provider) ?? "script";
  const { needsKey, defaultBaseUrl = "", howToGetOne } = modelProviders[name];
  const hasKey = credential.apiKey !== "";
  return create(ModelProviderSchema, {
    name,
    needsKey,
    keySource: hasKey ? credential.source : "",
    baseUrl: credential.baseUrl || defaultBaseUrl,
    baseUrlSource:
      credential.baseUrl === ""
        ? "default"
        : credential.source === "login"
          ? "config"
          : credential.source,
    hint: needsKey && !hasKey ? howToGetOne : "",
  });
}

/** Asking a provider that would refuse tells nothing. */
function isUsable(provider: ModelProvider): boolean {
  return (
    (!provider.needsKey || provider.keySource !== "") &&
    (provider.baseUrl !== "" || provider.name === "script")
  );
}
