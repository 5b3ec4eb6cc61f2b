import type { JsonValue } from "@bufbuild/protobuf";
import type { Output, View } from "./output.ts";
import { renderTable } from "./render-table.ts";

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page starts; empty on the last one. */
  readonly nextCursor: string;
}

/** A page of items: a table, or `{"items": […], "nextPageToken": "…"}`. */
export function listOutput<T>(view: View<T>, page: Page<T>): Output {
  return {
    json: () => documentOf(view, page),
    jsonLines: () => page.items.map((item) => view.json(item)),
    names: () => page.items.map((item) => view.name(item)),
    text: (style, form) => {
      if (page.items.length === 0) return "";
      const columns = view.columns.filter(({ wide }) => form === "wide" || wide !== true);
      return renderTable(columns, page.items, style);
    },
  };
}

function documentOf<T>(view: View<T>, page: Page<T>): JsonValue {
  const items = page.items.map((item) => view.json(item));
  return page.nextCursor === "" ? { items } : { items, nextPageToken: page.nextCursor };
}
