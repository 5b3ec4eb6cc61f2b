import { describe, expect, test } from "bun:test";
import { getOption, hasOption } from "@bufbuild/protobuf";
import {
  ApiResourceKind,
  ApiResourceKindSchema,
  kind as kindOption,
} from "./gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf, kindOfId, kinds } from "./kinds.ts";

describe("the registry of kinds", () => {
  test("has every kind of the contract once, in its order", () => {
    const numbers = kinds.map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    const declared = ApiResourceKindSchema.values.filter(
      (value) => hasOption(value, kindOption) && !getOption(value, kindOption).serverOnly,
    );
    expect(numbers).toEqual(declared.map(({ number }) => number));
    expect(numbers.length).toBeGreaterThan(8);
    for (const key of ["name", "plural", "idPrefix", "package"] as const) {
      expect(new Set(kinds.map(({ info }) => info[key])).size).toBe(kinds.length);
    }
  });

  test.each(kinds.map((kind) => [kind.info.name, kind] as const))(
    "names the messages and services of %s as its package does",
    (name, { info, message, command, query }) => {
      expect(message.typeName).toBe(`${info.package}.${name}`);
      expect(command.typeName).toBe(`${info.package}.${name}CommandController`);
      expect(query.typeName).toBe(`${info.package}.${name}QueryController`);
      expect(message.fields.map((field) => field.name)).toEqual([
        "api_version",
        "kind",
        "metadata",
        "spec",
        "status",
      ]);
    },
  );

  test("knows no other number", () => {
    expect(() => kindOf(ApiResourceKind.UNSPECIFIED)).toThrow("there is no kind 0");
  });

  test.each([
    ["agt-01m856vyfhqyzn67p5mhm5rm27", "Agent"],
    ["aex-01m856vyfhqyzn67p5mhm5rm27", "AgentExecution"],
    ["agt-01M856VYFHQYZN67P5MHM5RM27", undefined],
    ["agt-01m856vyfhqyzn67p5mhm5rm2", undefined],
    ["agt-01m856vyfhqyzn67p5mhm5rmil", undefined],
    ["foo-01m856vyfhqyzn67p5mhm5rm27", undefined],
    ["agt", undefined],
  ])("reads the kind of the id %p", (id, name) => {
    expect(kindOfId(id)?.info.name).toBe(name as string);
  });
});
