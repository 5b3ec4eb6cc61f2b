import type { Stage } from "./stage.ts";

interface Provider {
  readonly name: string;
  readonly keySource?: string;
  readonly models?: readonly { readonly name: string; readonly tools?: boolean }[];
}

/**
 * What this machine could use instead of the scripted model, in words: a key in a variable, or a
 * model with tools of an Ollama that answers.
 */
export async function machineModels(stage: Stage): Promise<string[]> {
  const all = await stage.ask<{ items: Provider[] }>(["model", "list"], "kept");
  const keys = all.items.flatMap(({ name, keySource }) =>
    keySource === undefined ? [] : [`${name} with ${keySource}`],
  );
  return [...keys, ...(await ollamaModels(stage))];
}

async function ollamaModels(stage: Stage): Promise<string[]> {
  const list = ["model", "list", "ollama", "--available"];
  const { items } = await stage.ask<{ items: Provider[] }>(list, "kept");
  const models = items.flatMap((provider) => provider.models ?? []);
  return models.filter(({ tools }) => tools === true).map(({ name }) => name);
}
