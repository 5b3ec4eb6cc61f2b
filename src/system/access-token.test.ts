import { describe, expect, test } from "bun:test";
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import {
  isSameToken,
  openAccessToken,
  readAccessToken,
  rotateAccessToken,
} from "./access-token.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

const moduleUrl = new URL("./access-token.ts", import.meta.url).href;

describe("openAccessToken", () => {
  test("makes 32 random bytes in a 0600 file and keeps them", () => {
    using scratch = new TemporaryFolder();
    const token = openAccessToken(scratch.at("token"));
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(openAccessToken(scratch.at("token"))).toBe(token);
    expect(statSync(scratch.at("token")).mode & 0o777).toBe(0o600);
    expect(readdirSync(scratch.path)).toEqual(["token"]);
  });

  test("differs from folder to folder", () => {
    using scratch = new TemporaryFolder();
    expect(openAccessToken(scratch.at("a"))).not.toBe(openAccessToken(scratch.at("b")));
  });

  test("gives the same token to processes that make it together", async () => {
    using scratch = new TemporaryFolder();
    const script = `
      import { openAccessToken } from ${JSON.stringify(moduleUrl)};
      process.stdout.write(openAccessToken(${JSON.stringify(scratch.at("token"))}));`;
    const makers = Array.from({ length: 6 }, () => Bun.spawn(["bun", "-e", script]));
    const tokens = await Promise.all(makers.map((maker) => maker.stdout.text()));
    expect(new Set(tokens)).toEqual(new Set([openAccessToken(scratch.at("token"))]));
  });

  test("refuses a token that others may read", () => {
    using scratch = new TemporaryFolder();
    openAccessToken(scratch.at("token"));
    chmodSync(scratch.at("token"), 0o644);
    expect(() => openAccessToken(scratch.at("token"))).toThrow(
      expect.objectContaining({
        code: "permission-denied",
        hint: expect.stringContaining("chmod"),
      }),
    );
  });

  test.each(["", "short", "x".repeat(44)])("refuses a file that holds %p", (text) => {
    using scratch = new TemporaryFolder();
    writeFileSync(scratch.at("token"), text, { mode: 0o600 });
    expect(() => openAccessToken(scratch.at("token"))).toThrow(
      expect.objectContaining({ code: "failed-precondition" }),
    );
  });
});

test("a rotated token replaces the old one", () => {
  using scratch = new TemporaryFolder();
  expect(readAccessToken(scratch.at("token"))).toBeUndefined();
  const old = openAccessToken(scratch.at("token"));
  const fresh = rotateAccessToken(scratch.at("token"));
  expect(fresh).not.toBe(old);
  expect(readAccessToken(scratch.at("token"))).toBe(fresh);
});

test("tokens are the same only when every character is", () => {
  expect(isSameToken("abc", "abc")).toBe(true);
  for (const other of ["abd", "ab", "abcd", "", "äbc"])
    expect(isSameToken(other, "abc")).toBe(false);
});
