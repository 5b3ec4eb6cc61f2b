import { afterAll, expect, test } from "bun:test";
import type { ModelProviderName } from "../../../contract/model-providers.ts";
import { parseScript } from "../../../script-model/script-file.ts";
import { startScriptServer } from "../../../script-model/server.ts";
import { listModels } from "./list-models.ts";
import { ModelError } from "./model-error.ts";
import type { ProviderSettings } from "./model-request.ts";

const script = "scripts: { reviewer: { turns: [{ text: fine }] } }";
const server = startScriptServer({ script: parseScript(script, "script.yaml") });
afterAll(() => server[Symbol.asyncDispose]());

const { signal } = new AbortController();
const { origin } = server.url;
const settingsOf: Record<ModelProviderName, ProviderSettings> = {
  anthropic: { baseUrl: `${origin}/v1`, apiKey: "k" },
  openai: { baseUrl: `${origin}/v1`, apiKey: "k" },
  google: { baseUrl: `${origin}/v1beta`, apiKey: "k" },
  "openai-compatible": { baseUrl: `${origin}/v1` },
  ollama: { baseUrl: origin },
  script: {},
};

test.each(Object.entries(settingsOf) as [ModelProviderName, ProviderSettings][])(
  "%s lists its models by the names they are called by",
  async (provider, settings) => {
    const names = (await listModels({ provider, settings, signal })).map(({ name }) => name);
    expect(names.map((name) => name.replace(/:latest$/, ""))).toContain(
      provider === "script" ? "echo" : "reviewer",
    );
  },
);

test("a list that cannot be had is a model error", async () => {
  const settings = { baseUrl: "http://127.0.0.1:9", apiKey: "k" };
  const failure = await listModels({ provider: "openai", settings, signal }).catch(
    (thrown: unknown) => thrown,
  );
  expect(failure).toBeInstanceOf(ModelError);
  expect(failure).toMatchObject({ reason: "network" });
});
