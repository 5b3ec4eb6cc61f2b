import { parseScript } from "../../src/script-model/script-file.ts";
import { type ScriptServer, startScriptServer } from "../../src/script-model/server.ts";

/** What models answer, by name: turns as a script file has them. */
export type ScriptedModels = Readonly<Record<string, readonly object[]>>;

/** Models over HTTP that play turns, faults included; beside them `echo` and `auto`. */
export function serveModels(models: ScriptedModels = {}): ScriptServer {
  const scripts = Object.fromEntries(
    Object.entries({ plain: [{ text: "{{user}}" }], ...models }).map(([name, turns]) => [
      name,
      { turns },
    ]),
  );
  return startScriptServer({ script: parseScript(JSON.stringify({ scripts }), "models.json") });
}

/** A `config.yaml` with which `openai-compatible/NAME` is a model of the server. */
export function configFor(
  server: Pick<ScriptServer, "url">,
  settings: Readonly<Record<string, string | number>> = {},
): string {
  const lines = {
    "providers.openai-compatible.baseUrl": new URL("v1", server.url).href,
    ...settings,
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
}
