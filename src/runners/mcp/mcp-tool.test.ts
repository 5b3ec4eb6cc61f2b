import { describe, expect, test } from "bun:test";
import { selectTools } from "./mcp-tool.ts";

const schema = { type: "object" as const, $defs: { a: { type: "string" } } };
const offered = [
  { name: "read_file", description: "Reads.", inputSchema: schema, title: "Read" },
  {
    name: "write_file",
    inputSchema: schema,
    annotations: { title: "Write", idempotentHint: true, readOnlyHint: false },
  },
  { name: "list", inputSchema: schema, annotations: { readOnlyHint: true } },
];

describe("the tools an agent gets", () => {
  test("are all of them when none is named, with the server's schema and hints", () => {
    expect(selectTools("files", offered, [])).toEqual([
      {
        name: "read_file",
        title: "Read",
        description: "Reads.",
        inputSchema: schema,
        readOnly: false,
        idempotent: false,
      },
      {
        name: "write_file",
        title: "Write",
        description: "",
        inputSchema: schema,
        readOnly: false,
        idempotent: true,
      },
      {
        name: "list",
        title: undefined,
        description: "",
        inputSchema: schema,
        readOnly: true,
        idempotent: false,
      },
    ]);
  });

  test("are those that are named, in the server's order", () => {
    const names = selectTools("files", offered, ["list", "read_file"]).map((tool) => tool.name);
    expect(names).toEqual(["read_file", "list"]);
  });

  test.each([
    ["read-file", 'did you mean "read_file"?'],
    ["Lists", 'did you mean "list"?'],
  ])("include no %s, and the error names the nearest", (name, guess) => {
    expect(() => selectTools("files", offered, [name])).toThrow(
      expect.objectContaining({ code: "not-found", message: expect.stringContaining(guess) }),
    );
  });

  test("include nothing far away, and the error guesses nothing", () => {
    expect(() => selectTools("files", offered, ["deploy"])).toThrow(/has no tool "deploy"$/);
  });
});
