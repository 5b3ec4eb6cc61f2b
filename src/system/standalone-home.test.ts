import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweepStandaloneHomes } from "./standalone-home.ts";

test("a leftover that cannot be removed does not keep the others", async () => {
  const folder = mkdtempSync(join(tmpdir(), "leftovers-"));
  const leave = (name: string): string => {
    const home = join(folder, `stigmer-standalone-${name}`);
    mkdirSync(home);
    return home;
  };
  const homes = ["a", "b", "c"].map(leave);
  // Its lock cannot even be looked at.
  writeFileSync(join(homes[1]!, "data"), "");
  for (const home of homes) utimesSync(home, 1, 1);
  await sweepStandaloneHomes(folder);
  expect(readdirSync(folder)).toEqual(["stigmer-standalone-b"]);
  rmSync(folder, { recursive: true });
});
