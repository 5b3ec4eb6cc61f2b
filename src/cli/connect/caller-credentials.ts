import { create, toBinary } from "@bufbuild/protobuf";
import {
  ModelCredentialsSchema,
  type ProviderCredential,
  ProviderCredentialSchema,
} from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import { metadataKeys } from "../../contract/metadata-keys.ts";
import { modelProviders } from "../../contract/model-providers.ts";
import type { CallerEnvironment } from "../../system/environment.ts";

/**
 * Metadata that lends the caller's own keys and addresses of model providers to one call. Only for
 * calls over the unix socket; empty when the caller has none.
 */
export function callerCredentials(environment: CallerEnvironment): Record<string, Uint8Array> {
  const variables = environment.modelVariables;
  const providers = Object.values(modelProviders).flatMap((provider) =>
    credentialOf(provider, variables),
  );
  if (providers.length === 0) return {};
  const credentials = create(ModelCredentialsSchema, { providers });
  return { [metadataKeys.credentials]: toBinary(ModelCredentialsSchema, credentials) };
}

function credentialOf(
  provider: (typeof modelProviders)[keyof typeof modelProviders],
  variables: Readonly<Record<string, string>>,
): ProviderCredential[] {
  const keyVariable = provider.credentialVariables.find((name) => variables[name] !== undefined);
  const apiKey = keyVariable === undefined ? "" : (variables[keyVariable] ?? "");
  const baseUrl = variables[provider.baseUrlVariable ?? ""] ?? "";
  if (apiKey === "" && baseUrl === "") return [];
  const source = keyVariable ?? provider.baseUrlVariable ?? "";
  return [create(ProviderCredentialSchema, { provider: provider.name, apiKey, baseUrl, source })];
}
