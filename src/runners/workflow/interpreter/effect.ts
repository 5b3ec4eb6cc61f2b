import { isJsonMap, type Json } from "../../../contract/json.ts";
import type { OnUnknown } from "../../durable/durable-context.ts";
import type { CallPlace } from "../workflow-host.ts";
import { durableName, type Visit } from "./frame.ts";
import { scopeOfVisit } from "./scopes.ts";

export interface EffectOptions {
  readonly timeoutMs: number;
  /** What the kind of effect allows; `metadata.onUnknown` of the task overrules it. */
  readonly onUnknown: OnUnknown;
}

/** Does something in the world, once; its secrets are known to it alone. */
export async function performEffect(
  visit: Visit,
  { timeoutMs, onUnknown }: EffectOptions,
  effect: (place: CallPlace) => Promise<Json>,
): Promise<Json> {
  const { frame, task } = visit;
  const scope = scopeOfVisit(visit);
  return await frame.durable.step(
    durableName(task),
    async (effectScope) => {
      const secrets = await frame.run.host.secrets(effectScope.signal);
      const variables = { ...scope.variables, secrets, secret: secrets };
      return await effect({ scope: { ...scope, variables }, effect: effectScope });
    },
    { timeoutMs, onUnknown: chosenPolicy(visit) ?? onUnknown },
  );
}

/** An extension of ours: what is done when nobody knows whether it happened. */
function chosenPolicy({ task }: Visit): OnUnknown | undefined {
  const chosen = isJsonMap(task.metadata) ? task.metadata["onUnknown"] : undefined;
  return chosen === "retry" || chosen === "fail" ? chosen : undefined;
}
