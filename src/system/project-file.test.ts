import { describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProjectFile } from "./project-file.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

/** `home/shop/agents/deep`, with a project file in each of the folders that are named. */
function tree(...withFile: readonly string[]) {
  const folder = new TemporaryFolder();
  const home = folder.at("home");
  mkdirSync(join(home, "shop/agents/deep"), { recursive: true });
  for (const name of withFile) writeFileSync(join(home, name, "stigmer.yaml"), "");
  return {
    home,
    find: (start: string) => findProjectFile(join(home, start), home)?.path,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

describe("the project file", () => {
  test("is found in the folder and in those above it, the nearest first", () => {
    using found = tree("shop", "shop/agents/deep");
    expect(found.find("shop")).toBe(join(found.home, "shop/stigmer.yaml"));
    expect(found.find("shop/agents")).toBe(join(found.home, "shop/stigmer.yaml"));
    expect(found.find("shop/agents/deep")).toBe(join(found.home, "shop/agents/deep/stigmer.yaml"));
  });

  test("of the home folder counts only there, and nothing above it counts", () => {
    using found = tree("", "..");
    expect(found.find("shop/agents")).toBeUndefined();
    expect(found.find(".")).toBe(join(found.home, "stigmer.yaml"));
  });

  test("is a file: a folder of that name is none", () => {
    using found = tree("shop");
    mkdirSync(join(found.home, "shop/agents/stigmer.yaml"));
    expect(found.find("shop/agents")).toBe(join(found.home, "shop/stigmer.yaml"));
  });

  test("is not looked for beyond its file system", () => {
    // A file system of its own on every Linux, below one that has a root folder.
    expect(findProjectFile("/proc/self", undefined)).toBeUndefined();
  });

  test.skipIf(process.getuid?.() !== 0)(
    "of another user is told apart (needs root: only that can give a file away)",
    async () => {
      using found = tree("shop");
      const { chownSync } = await import("node:fs");
      chownSync(join(found.home, "shop/stigmer.yaml"), 12_345, 12_345);
      expect(findProjectFile(join(found.home, "shop"), found.home)?.kind).toBe("foreign");
    },
  );
});
