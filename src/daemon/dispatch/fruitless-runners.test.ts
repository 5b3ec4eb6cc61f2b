import { expect, test } from "bun:test";
import { FruitlessRunners } from "./fruitless-runners.ts";

test("the fifth runner in a row that ends in vain is the last, and its words are kept", () => {
  const fruitless = new FruitlessRunners();
  for (let runner = 1; runner < 5; runner++) expect(fruitless.count("a", "")).toBeUndefined();
  expect(fruitless.count("b", "")).toBeUndefined();
  expect(fruitless.count("a", "no space left")).toBe(
    "5 runners in a row ended before they recorded anything; the last said: no space left",
  );
});

test("a runner that recorded something starts the row again", () => {
  const fruitless = new FruitlessRunners();
  for (let runner = 1; runner < 5; runner++) fruitless.count("a", "");
  fruitless.forget("a");
  expect(fruitless.count("a", "")).toBeUndefined();
});
