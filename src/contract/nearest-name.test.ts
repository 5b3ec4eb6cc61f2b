import { expect, test } from "bun:test";
import { nearestName } from "./nearest-name.ts";

const commands = ["agent", "apply", "workflow", "execution"];

test.each([
  ["agnet", "agent"],
  ["aply", "apply"],
  ["Workflows", "workflow"],
  ["exeuction", "execution"],
])("%s is nearest to %s", (typed, meant) => {
  expect(nearestName(typed, commands)).toBe(meant);
});

test.each(["zebra", "", "x"])("nothing is near %p", (typed) => {
  expect(nearestName(typed, commands)).toBeUndefined();
});

test("neighbours swapped count as one mistake", () => {
  expect(nearestName("prot", ["port", "path"])).toBe("port");
});
