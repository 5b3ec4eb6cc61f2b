import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toStigmerError } from "../../contract/errors.ts";
import { dataFolderAt, openDataFolder } from "../../system/data-folder.ts";
import { ContextStore } from "./context-store.ts";

const here = { name: "far", server: "https://here.example", usesToken: true };
const there = { ...here, server: "https://there.example" };

/** A store whose secrets lie in a file, with one login. */
async function loggedIn() {
  const home = join(mkdtempSync(join(tmpdir(), "contexts-")), "home");
  openDataFolder({ home, runtimeFolder: undefined });
  const folder = dataFolderAt({ home });
  const store = new ContextStore(folder, {});
  await store.put(here, "token-of-here");
  return {
    store,
    folder,
    secrets: () => readFileSync(folder.credentials, "utf8"),
    [Symbol.dispose]: () => rmSync(join(home, ".."), { recursive: true }),
  };
}

test("a token is for the server that it was given for, whatever the record says later", async () => {
  using kept = await loggedIn();
  const text = readFileSync(kept.folder.contexts, "utf8");
  writeFileSync(kept.folder.contexts, text.replace(here.server, there.server));
  expect(await kept.store.token(await kept.store.get("far"))).toBeUndefined();
  expect(await kept.store.token(here)).toBe("token-of-here");
});

test("a login that fails after its token was kept leaves the other server's token alone", async () => {
  using kept = await loggedIn();
  const problem = await kept.store.put(there, "token-of-there").catch(toStigmerError);
  expect(problem).toMatchObject({ code: "already-exists" });
  expect(await kept.store.get("far")).toEqual(here);
  expect(await kept.store.token(here)).toBe("token-of-here");
});

test("a deleted context leaves no token", async () => {
  using kept = await loggedIn();
  expect(kept.secrets()).toContain("token-of-here");
  await kept.store.delete("far");
  expect(kept.secrets()).not.toContain("token");
});
