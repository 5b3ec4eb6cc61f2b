import { expect, test } from "bun:test";
import { fromBinary, toJson } from "@bufbuild/protobuf";
import { ModelCredentialsSchema } from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import { metadataKeys } from "../../contract/metadata-keys.ts";
import { callerEnvironment, type Variables } from "../../system/environment.ts";
import { callerCredentials } from "./caller-credentials.ts";

function credentialsOf(variables: Variables): unknown {
  const bytes = callerCredentials(callerEnvironment(variables))[metadataKeys.credentials];
  if (bytes === undefined) return undefined;
  return toJson(ModelCredentialsSchema, fromBinary(ModelCredentialsSchema, bytes));
}

test("a caller without keys lends none", () => {
  expect(credentialsOf({ HOME: "/home/x", PATH: "/bin" })).toBeUndefined();
});

test("keys and addresses are lent with the variable they came from", () => {
  expect(credentialsOf({ OPENAI_API_KEY: "k", OLLAMA_HOST: "http://h:1", OTHER: "x" })).toEqual({
    providers: [
      { provider: "openai", apiKey: "k", source: "OPENAI_API_KEY" },
      { provider: "ollama", baseUrl: "http://h:1", source: "OLLAMA_HOST" },
    ],
  });
});

test("the first of several variables counts", () => {
  expect(credentialsOf({ GOOGLE_API_KEY: "second", GEMINI_API_KEY: "first" })).toEqual({
    providers: [{ provider: "google", apiKey: "first", source: "GEMINI_API_KEY" }],
  });
});
