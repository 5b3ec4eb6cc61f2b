import { expect, test } from "bun:test";
import { createFileRegistry, type DescMethod, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { RunnerController } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { SystemQueryController } from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { readContractImage } from "../../contract/image.ts";
import { accessRuleOf } from "./access-rule.ts";
import { publicMethods } from "./public-methods.ts";

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readContractImage()));
const methods: DescMethod[] = [...registry].flatMap((type) =>
  type.kind === "service" ? type.methods : [],
);

test("every method of the contract has an authorization annotation or is listed as public", () => {
  expect(methods.length).toBeGreaterThan(40);
  const open = methods.filter((method) => accessRuleOf(method) === "nobody");
  expect(open.map((method) => `${method.parent.typeName}/${method.name}`)).toEqual([]);
});

test("every public method exists", () => {
  const names = new Set(methods.map((method) => `${method.parent.typeName}/${method.name}`));
  expect([...publicMethods].filter((name) => !names.has(name))).toEqual([]);
});

test("runners have their service, users have the others", () => {
  expect(accessRuleOf(RunnerController.method.work)).toBe("runner");
  expect(accessRuleOf(SystemQueryController.method.info)).toBe("user");
  expect(accessRuleOf(SystemQueryController.method.version)).toBe("public");
});
