import { describe, expect, test } from "bun:test";
import { parse } from "yaml";
import { StigmerError } from "../../contract/errors.ts";
import { changeOutput, itemOutput } from "./item-output.ts";
import { listOutput } from "./list-output.ts";
import type { Output, TextStyle, View } from "./output.ts";
import { renderError, renderErrorJson } from "./render-error.ts";
import { renderOutput } from "./render-output.ts";

interface Item {
  readonly id: string;
  readonly text: string;
}

const view: View<Item> = {
  name: ({ id }) => id,
  json: ({ id, text }) => ({ id, text }),
  columns: [
    { title: "ID", value: ({ id }) => id },
    { title: "TEXT", value: ({ text }) => text, wide: true },
  ],
};

const style: TextStyle = { colour: false, width: undefined, terminal: false, now: new Date(0) };
const items = [
  { id: "a", text: "first\nline: two" },
  { id: "b", text: "" },
];
const list = listOutput(view, { items, nextCursor: "next" });

const render = (output: Output, format: Parameters<typeof renderOutput>[1]) =>
  renderOutput(output, format, style);

describe("a list", () => {
  test("is a table", () => {
    expect(render(list, "table")).toBe("ID\na\nb\n");
    expect(render(list, "wide")).toBe("ID  TEXT\na   first line: two\nb\n");
  });

  test("is names, a line each", () => {
    expect(render(list, "name")).toBe("a\nb\n");
  });

  test("is one JSON document with the cursor of the next page", () => {
    expect(JSON.parse(render(list, "json"))).toEqual({ items, nextPageToken: "next" });
  });

  test("is a JSON value a line", () => {
    const lines = render(list, "jsonl").trimEnd().split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(items);
  });

  test("is YAML that reads back", () => {
    expect(parse(render(list, "yaml"))).toEqual({ items, nextPageToken: "next" });
  });

  test("is nothing when nothing is wanted or there", () => {
    expect(render(list, "none")).toBe("");
    expect(render(listOutput(view, { items: [], nextCursor: "" }), "table")).toBe("");
  });
});

describe("an item", () => {
  test("is listed field by field", () => {
    expect(render(itemOutput(view, items[0]!), "table")).toBe(
      "id:   a\ntext: first\n      line: two\n",
    );
  });

  test("that was changed is a sentence, or the item in other formats", () => {
    const changed = changeOutput(view, [items[0]!], ({ id }) => `item ${id} created`);
    expect(render(changed, "table")).toBe("item a created\n");
    expect(JSON.parse(render(changed, "json"))).toEqual(items[0]!);
  });
});

describe("an error", () => {
  const error = new StigmerError("not-found", "There is no agent x.", {
    hint: "stigmer agent list",
    requestId: "r1",
    violations: [{ field: "spec.agent", rule: "required", message: "is empty" }],
  });

  test("is for people a sentence, its fields and what to do", () => {
    expect(renderError(error, style)).toBe(
      "error: There is no agent x.\n  spec.agent: is empty\nhint: stigmer agent list\n",
    );
  });

  test("of one field says it once", () => {
    const violations = [{ field: "spec.message", rule: "required", message: "is empty" }];
    const single = new StigmerError("invalid-argument", "spec.message: is empty", { violations });
    expect(renderError(single, style)).toBe("error: spec.message: is empty\n");
  });

  test("is for programs one line of JSON", () => {
    expect(JSON.parse(renderErrorJson(error))).toEqual({
      error: {
        code: "not-found",
        message: "There is no agent x.",
        hint: "stigmer agent list",
        details: [{ field: "spec.agent", rule: "required", message: "is empty" }],
        requestId: "r1",
      },
    });
  });
});
