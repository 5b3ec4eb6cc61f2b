import { describe, expect, test } from "bun:test";
import { readSettings } from "../../system/settings.ts";
import type { SettingsOfProvider } from "./agent-run.ts";
import { chooseDefaultModel, resolveModelName } from "./choose-model.ts";

const { signal } = new AbortController();

/** Keys for these providers, and an Ollama that is not there. */
function keysFor(...providers: readonly string[]): SettingsOfProvider {
  return (provider) =>
    Promise.resolve({
      ...(providers.includes(provider) ? { apiKey: "key" } : {}),
      ...(provider === "ollama" ? { baseUrl: "http://127.0.0.1:9" } : {}),
    });
}

describe("the default model", () => {
  test.each([
    [["openai", "anthropic"], "anthropic"],
    [["google", "openai"], "openai"],
    [["google"], "google"],
  ])("is one of the first provider with a key (%j)", async (keys, provider) => {
    const chosen = await chooseDefaultModel(keysFor(...keys), signal);
    expect(chosen.provider).toBe(provider as typeof chosen.provider);
  });

  test("is what an Ollama has that can call tools, when there is no key", async () => {
    using server = Bun.serve({
      port: 0,
      routes: {
        "/api/tags": Response.json({ models: [{ name: "plain" }, { name: "able" }] }),
        "/api/show": async (request) => {
          const { model } = (await request.json()) as { model: string };
          return Response.json({ capabilities: model === "able" ? ["tools"] : [] });
        },
      },
    });
    const settingsOf: SettingsOfProvider = () => Promise.resolve({ baseUrl: server.url.href });
    expect(await chooseDefaultModel(settingsOf, signal)).toEqual({
      provider: "ollama",
      name: "able",
    });
  });

  test("that nobody can give is a failure with every way to get one", async () => {
    const thrown = await chooseDefaultModel(keysFor(), signal).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "model-unavailable" });
    const { hint } = thrown as { hint: string };
    for (const way of ["ANTHROPIC_API_KEY", "stigmer model login", "ollama", "script/echo"]) {
      expect(hint).toContain(way);
    }
  });
});

describe("the name of a model", () => {
  test("is a reference or an alias of the settings", async () => {
    const overrides = { "model.aliases.fast": "ollama/qwen3:8b" };
    const settings = await readSettings({ variables: {}, overrides });
    expect(resolveModelName("fast", settings)).toEqual({ provider: "ollama", name: "qwen3:8b" });
    expect(resolveModelName("script/echo", settings)).toEqual({ provider: "script", name: "echo" });
    expect(() => resolveModelName("slow", settings)).toThrow('"slow"');
  });
});
