import { type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { authorization } from "../../contract/gen/ai/stigmer/commons/authz/v1/method_pb.ts";
import { RunnerController } from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { publicMethods } from "./public-methods.ts";

/** Who may call a method. `nobody`: the contract does not say, so nobody may. */
export type AccessRule = "public" | "user" | "runner" | "nobody";

/** Reads the annotation of a method in the contract, and the list of public methods. */
export function accessRuleOf(method: DescMethod): AccessRule {
  if (publicMethods.has(`${method.parent.typeName}/${method.name}`)) return "public";
  const isAnnotated =
    hasOption(method, authorization) && getOption(method, authorization).permission !== "";
  if (!isAnnotated) return "nobody";
  return method.parent.typeName === RunnerController.typeName ? "runner" : "user";
}
