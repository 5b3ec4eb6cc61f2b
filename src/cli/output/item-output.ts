import type { JsonValue } from "@bufbuild/protobuf";
import type { Output, TextStyle, View } from "./output.ts";
import { renderFields } from "./render-fields.ts";

/** One item, shown in full. */
export function itemOutput<T>(view: View<T>, item: T): Output {
  return {
    ...documentOutput(view, [item]),
    text: (style) =>
      view.describe ? view.describe(item, style) : renderFields(fieldsOf(view, item, style), style),
  };
}

/** What was done to one or several items: a sentence each, or the items in other formats. */
export function changeOutput<T>(
  view: View<T>,
  items: readonly T[],
  sentence: (item: T) => string,
): Output {
  return {
    ...documentOutput(view, items),
    text: () => items.map((item) => `${sentence(item)}\n`).join(""),
  };
}

/** A plain text that is the data itself, with the document that means the same. */
export function textOutput(text: string, document: JsonValue): Output {
  const lines = text.split("\n").filter((line) => line !== "");
  return {
    json: () => document,
    jsonLines: () => [document],
    names: () => lines,
    text: () => text,
  };
}

function documentOutput<T>(view: View<T>, items: readonly T[]): Omit<Output, "text"> {
  const documents = () => items.map((item) => view.json(item));
  return {
    json: () => (items.length === 1 ? (documents()[0] ?? null) : { items: documents() }),
    jsonLines: documents,
    names: () => items.map((item) => view.name(item)),
  };
}

function fieldsOf<T>(view: View<T>, item: T, style: TextStyle): (readonly [string, string])[] {
  return view.columns.map(({ title, value }) => [title.toLowerCase(), value(item, style)] as const);
}
