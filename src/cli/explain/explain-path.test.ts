import { expect, test } from "bun:test";
import { explainPath } from "./explain-path.ts";

test.each([
  "agent.spec",
  "agent.spec.limits",
  "environment.spec",
  "environment.spec.data",
  "schedule.spec",
])("%s says of its descriptions, limits and maps what they are", (path) => {
  const named = ["description", "maxToolCalls", "data"];
  const fields = explainPath(path).fields.filter(({ name }) => named.includes(name));
  expect(fields).not.toBeEmpty();
  for (const { description } of fields) {
    expect(description).not.toBe("");
    expect(description).not.toBe("One plain value.");
  }
});
