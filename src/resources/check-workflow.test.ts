import { expect, test } from "bun:test";
import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { WorkflowSchema } from "../contract/gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import { toStigmerError } from "../contract/errors.ts";
import { checkWorkflow, refuseOtherNamespace } from "./check-workflow.ts";

function workflow(namespace: string, task: JsonValue) {
  return fromJson(WorkflowSchema, {
    metadata: { slug: "sample" },
    spec: {
      document: { dsl: "1.0.0", namespace, name: "sample", version: "1.0.0" },
      do: [{ ask: task }],
      environmentRefs: ["staging"],
    },
  });
}

function refusalOf(run: () => void) {
  try {
    run();
  } catch (thrown) {
    return toStigmerError(thrown);
  }
  throw new Error("nothing was refused");
}

const waits = { wait: "PT1S" };

test("a definition is refused with the path of each mistake", () => {
  const { spec } = workflow("test", { call: "http", with: { methd: "get" } });
  const { code, message, violations } = refusalOf(() => checkWorkflow(spec!, "spec"));
  expect({ code, message }).toEqual({
    code: "invalid-argument",
    message:
      'spec.do[0].ask.with.methd: there is no property "methd"; did you mean "method"? (and 2 more)',
  });
  expect(violations.map(({ field, rule }) => `${field} ${rule}`)).toEqual([
    "spec.do[0].ask.with.methd unknown-property",
    "spec.do[0].ask.with required",
    "spec.do[0].ask.with required",
  ]);
});

test("warnings and environments refuse nothing", () => {
  const { spec } = workflow("test", { wait: "PT1S", timeout: { after: "PT5S" } });
  expect(checkWorkflow(spec!, "spec")).toBeUndefined();
});

test("a workflow of another namespace does not take its place", () => {
  const [mine, yours] = [workflow("mine", waits), workflow("yours", waits)];
  const { message, hint } = refusalOf(() => refuseOtherNamespace(yours, mine));
  expect(message).toBe(
    'spec.document.namespace: is "yours", and the stored workflow "sample" is of the namespace "mine"',
  );
  expect(hint).toContain("metadata.name");
  expect(refuseOtherNamespace(mine, mine)).toBeUndefined();
});
