import { expect, test } from "bun:test";

import { RequestJournal } from "./request-journal.ts";

test("the journal keeps the newest entries and counts all", () => {
  const journal = new RequestJournal();
  const request = new Request("http://127.0.0.1/v1/models");
  for (let sent = 0; sent < 5_001; sent++) journal.open(request, "/v1/models", null);
  expect(journal.entries).toHaveLength(5_000);
  expect(journal.entries[0]?.number).toBe(2);
  expect(journal.toJSON().count).toBe(5_001);
});
