import { expect, test } from "bun:test";
import {
  create,
  type DescField,
  type DescMessage,
  getOption,
  hasOption,
  toBinary,
} from "@bufbuild/protobuf";
import { field as fieldRules } from "../src/contract/gen/buf/validate/validate_pb.ts";
import { LoginRequestSchema } from "../src/contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import { ExecutionQueryController } from "../src/contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts";
import { ResourceSetController } from "../src/contract/gen/ai/stigmer/agentic/resourceset/v1/command_pb.ts";
import { kinds } from "../src/contract/kinds.ts";
import { RequestReader } from "../src/daemon/grpc/validation.ts";

/** Requests that anybody may send; runners are this very build. */
const requests = kinds
  .flatMap(({ command, query }) => [...command.methods, ...query.methods])
  .concat(ExecutionQueryController.methods, ResourceSetController.methods)
  .map(({ input }) => input);

function unboundedCollections(message: DescMessage, path: string, seen: Set<string>): string[] {
  if (seen.has(message.typeName) || message.typeName.startsWith("google.protobuf.")) return [];
  seen.add(message.typeName);
  return message.fields.flatMap((field) => {
    // What a client sends there is ignored before anybody looks at it.
    if (field.name === "status") return [];
    const at = `${path}.${field.jsonName}`;
    const own = isCollection(field) && !isBounded(field) ? [at] : [];
    const below = field.message ? unboundedCollections(field.message, at, seen) : [];
    return [...own, ...below];
  });
}

function isCollection(field: DescField): boolean {
  return field.fieldKind === "list" || field.fieldKind === "map";
}

function isBounded(field: DescField): boolean {
  if (!hasOption(field, fieldRules)) return false;
  const { type } = getOption(field, fieldRules);
  if (type.case === "repeated") return type.value.maxItems > 0n;
  return type.case === "map" && type.value.maxPairs > 0n;
}

test("every list and map that a client can send has a limit", () => {
  expect(requests.length).toBeGreaterThan(20);
  const unbounded = requests.flatMap((input) => unboundedCollections(input, input.name, new Set()));
  expect(unbounded).toEqual([]);
});

test("a key that is refused is not repeated in the error", async () => {
  const apiKey = "sk-secret-".repeat(1_000);
  const bytes = toBinary(
    LoginRequestSchema,
    create(LoginRequestSchema, { provider: "openai", apiKey }),
  );
  const refusal = await new RequestReader()
    .read(LoginRequestSchema, bytes)
    .catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(Error);
  expect(JSON.stringify(refusal) + String(refusal)).not.toContain("sk-secret");
  expect(String(refusal)).toContain("apiKey");
});
