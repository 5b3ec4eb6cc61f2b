import type { ScriptRequest } from "./script-request.ts";
import type { ScriptTurn } from "./script-schema.ts";

/** The turns of one scripted model. Most scripts have the same turns for every request. */
export interface Script {
  readonly name: string;
  turns(request: ScriptRequest): readonly ScriptTurn[];
}

/** Scripts by model name, and the one that answers to every other name, if there is one. */
export interface ScriptSet {
  readonly byModel: ReadonlyMap<string, Script>;
  readonly otherwise?: Script;
}

/** The script that plays the model `model`, or undefined. */
export function findScript(scripts: ScriptSet, model: string): Script | undefined {
  return scripts.byModel.get(model) ?? scripts.otherwise;
}

/** The model names a client can be told about. */
export function modelNames(scripts: ScriptSet): string[] {
  const names = new Set(scripts.byModel.keys());
  if (scripts.otherwise) names.add(scripts.otherwise.name);
  return [...names];
}
