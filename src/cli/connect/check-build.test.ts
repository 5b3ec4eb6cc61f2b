import { expect, test } from "bun:test";
import { StigmerError } from "../../contract/errors.ts";
import { checkBuild } from "./check-build.ts";

const own = { version: "1.2.3", buildId: "a" };

test("the same build is fine", () => {
  expect(checkBuild(own, own)).toBeUndefined();
});

test("another build of the same version is worth a warning", () => {
  expect(checkBuild({ version: "1.2.3", buildId: "b" }, own)).toContain("stigmer local restart");
});

test("another version is refused with what to do", () => {
  try {
    checkBuild({ version: "1.2.4", buildId: "b" }, own);
    expect.unreachable();
  } catch (thrown) {
    if (!(thrown instanceof StigmerError)) throw thrown;
    expect(thrown.code).toBe("incompatible");
    expect(thrown.hint).toBe("stigmer local restart");
  }
});
