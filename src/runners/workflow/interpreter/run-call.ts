import type { Json } from "../../../contract/json.ts";
import type { AgentCall, Call } from "../../../workflow/definition/call.ts";
import { durationMs } from "../../../workflow/definition/duration.ts";
import { evaluateTemplate, type Template } from "../../../workflow/expression/template.ts";
import { standardFailure } from "../workflow-failure.ts";
import type { DirectCall } from "../workflow-host.ts";
import { type EffectOptions, performEffect } from "./effect.ts";
import { type Done, durableName, type Visit, within } from "./frame.ts";
import { runChild } from "./run-child.ts";
import { scopeOfVisit } from "./scopes.ts";

const callTimeoutMs = 300_000;

/** Functions within functions: more is a recursion without end. */
const maxDepth = 50;

/** Calls a function: of the language, of the definition, or an agent. */
export async function runCall(visit: Visit, { call }: { readonly call: Call }): Promise<Done> {
  if (call.kind === "function") return await runFunction(visit, call);
  if (call.kind === "agent")
    return { output: await runChild(visit, agentRequest(visit, call.with)) };
  const { host } = visit.frame.run;
  return { output: await performEffect(visit, optionsOf(call), (place) => host.call(call, place)) };
}

/** What carries an idempotency key, or changes nothing, can be repeated when nobody knows its outcome. */
function optionsOf(call: DirectCall): EffectOptions {
  const isKeyed = call.kind === "http" || call.kind === "openapi";
  return { timeoutMs: callTimeoutMs, onUnknown: isKeyed ? "retry" : "fail" };
}

/** The function is a task; `with` is its input. */
async function runFunction(
  visit: Visit,
  { name, with: parameters }: Extract<Call, { kind: "function" }>,
): Promise<Done> {
  const { frame, input, context } = visit;
  const called = frame.run.definition.use?.functions?.get(name);
  if (!called) throw standardFailure("configuration", `there is no function "${name}"`);
  if (frame.depth >= maxDepth) {
    throw standardFailure("runtime", `functions call one another more than ${maxDepth} deep`);
  }
  const data = parameters ? evaluateTemplate(parameters, scopeOfVisit(visit)) : input;
  const result = await frame.durable.scope(durableName(visit.task), (durable) =>
    frame.run.runTask({ ...within(frame, durable), depth: frame.depth + 1 }, called, {
      data,
      context,
    }),
  );
  return {
    output: result.data,
    context: result.context,
    ...(result.next === "end" ? { next: "end" } : {}),
  };
}

function agentRequest(visit: Visit, call: AgentCall) {
  const scope = scopeOfVisit(visit);
  const text = (template: Template | undefined): string | undefined => {
    if (!template) return undefined;
    const value = evaluateTemplate(template, scope);
    return typeof value === "string" ? value : JSON.stringify(value);
  };
  const input: Record<string, Json> = { message: text(call.message) ?? "" };
  const [session, model] = [text(call.session), text(call.model)];
  if (session !== undefined) input["session"] = session;
  if (model !== undefined) input["model"] = model;
  if (call.environments) input["environments"] = call.environments;
  if (call.timeout) input["timeoutSeconds"] = Math.ceil(durationMs(call.timeout, scope) / 1_000);
  if (call.outputSchema !== undefined) input["outputSchema"] = call.outputSchema;
  const { pointer } = visit.task;
  return { kind: "agent", name: text(call.agent) ?? "", input, pointer } as const;
}
