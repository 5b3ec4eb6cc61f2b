import { fromJson, type JsonObject, type JsonValue, toJson } from "@bufbuild/protobuf";
import {
  type WorkflowSpec,
  WorkflowSpecSchema,
} from "../contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../contract/kinds.ts";
import type { Reference, RenamableReference } from "./references.ts";

/**
 * The agents that the tasks of a workflow call by name (`call: agent`, `with.agent`), wherever they
 * are nested. A name that is an expression is known only when it runs.
 */
export function workflowReferences(spec: WorkflowSpec): Reference[] {
  return callsIn(objectOf(toJson(WorkflowSpecSchema, spec)));
}

/** Writes other names of the agents that its tasks call in their place. */
export function renameInWorkflow(
  spec: WorkflowSpec,
  nameOf: (reference: Reference) => string,
): void {
  const json = objectOf(toJson(WorkflowSpecSchema, spec));
  const renamed = callsIn(json).filter((call) => nameOf(call) !== call.name);
  if (renamed.length === 0) return;
  for (const call of renamed) call.rename(nameOf(call));
  const next = fromJson(WorkflowSpecSchema, json);
  if (next.do) spec.do = next.do;
  if (next.use) spec.use = next.use;
}

function callsIn(spec: JsonObject): RenamableReference[] {
  const { do: tasks, use } = spec;
  const { functions, extensions } = objectOf(use);
  return [
    ...inTasks(tasks, "spec.do"),
    ...named(functions, "spec.use.functions").flatMap(([task, path]) => [...inTask(task, path)]),
    ...listed(extensions, "spec.use.extensions").flatMap(([extension, path]) => [
      ...inTasks(extension["before"], `${path}.before`),
      ...inTasks(extension["after"], `${path}.after`),
    ]),
  ];
}

const agentKind = kindOf(ApiResourceKind.AGENT);

function* inTasks(list: JsonValue | undefined, path: string): Generator<RenamableReference> {
  for (const [task, at] of listed(list, path)) yield* inTask(task, at);
}

function* inTask(task: JsonObject, path: string): Generator<RenamableReference> {
  const given = objectOf(task["with"]);
  const { agent } = given;
  const isCalled = task["call"] === "agent" && typeof agent === "string" && agent !== "";
  if (isCalled && !agent.includes("${")) {
    const rename = (name: string): void => void (given["agent"] = name);
    yield { path: `${path}.with.agent`, kind: agentKind, name: agent, rename };
  }
  yield* inTasks(task["do"], `${path}.do`);
  yield* inTasks(task["try"], `${path}.try`);
  yield* inTasks(objectOf(task["catch"])["do"], `${path}.catch.do`);
  yield* inTasks(objectOf(task["fork"])["branches"], `${path}.fork.branches`);
  yield* inTasks(objectOf(task["foreach"])["do"], `${path}.foreach.do`);
}

/** What a list of maps with one key each holds, and where. */
function listed(list: JsonValue | undefined, path: string): [JsonObject, string][] {
  const items = Array.isArray(list) ? list : [];
  return items.flatMap((item, index) => named(item, `${path}[${index}]`));
}

function named(value: JsonValue | undefined, path: string): [JsonObject, string][] {
  return Object.entries(objectOf(value)).map(([name, inner]) => [
    objectOf(inner),
    `${path}.${name}`,
  ]);
}

/** Empty for anything else: what is wrong with a definition is found by its validation. */
function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
