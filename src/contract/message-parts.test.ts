import { expect, test } from "bun:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { type StringValue, StringValueSchema } from "@bufbuild/protobuf/wkt";
import { inParts } from "./message-parts.ts";

const items = (...sizes: readonly number[]): StringValue[] =>
  sizes.map((size) => create(StringValueSchema, { value: "x".repeat(size) }));

const sizesOf = async (parts: AsyncIterable<StringValue[]>): Promise<number[][]> =>
  (await Array.fromAsync(parts)).map((part) => part.map(({ value }) => value.length));

test("a part holds as many items and bytes as it may, in their order", async () => {
  const bytes = toBinary(StringValueSchema, items(10)[0]!).byteLength * 2;
  const parts = (limit: number) =>
    sizesOf(inParts(StringValueSchema, items(10, 9, 8, 10, 10), { items: limit, bytes }));
  expect(await parts(9)).toEqual([[10, 9], [8, 10], [10]]);
  expect(await parts(1)).toEqual([[10], [9], [8], [10], [10]]);
});

test("an item that is larger than a part stands alone", async () => {
  const limits = { items: 9, bytes: 20 };
  expect(await sizesOf(inParts(StringValueSchema, items(1, 500, 1), limits))).toEqual([
    [1],
    [500],
    [1],
  ]);
});

test("nothing is no part", async () => {
  expect(await sizesOf(inParts(StringValueSchema, []))).toEqual([]);
});
