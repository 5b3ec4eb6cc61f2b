import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { openSecretStore } from "./open-secret-store.ts";
import type { SecretStoreOptions } from "./open-secret-store.ts";
import { hasSecretService, startSecretService } from "./testing/secret-service.ts";
import { TemporaryFolder } from "./testing/temporary-folder.ts";

const processUrl = new URL("./keychain-process.ts", import.meta.url).href;
const storeUrl = new URL("./open-secret-store.ts", import.meta.url).href;

/** The keychain process without the rest of the program. */
const self = {
  command: process.execPath,
  args: [
    "-e",
    `import { runKeychainProcess } from ${JSON.stringify(processUrl)};
     await runKeychainProcess(process.argv.at(-1));`,
  ],
};

const noService = { DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus" };

function optionsIn(
  scratch: TemporaryFolder,
  variables: SecretStoreOptions["variables"] = noService,
) {
  const folder = { secretSource: scratch.at("source.json"), credentials: scratch.at("c.json") };
  return { folder, self, variables, timeoutMs: 20_000 };
}

const failureOf = (promise: Promise<unknown>) => promise.catch((cause: unknown) => cause);

describe.skipIf(process.platform === "darwin")("without a keychain", () => {
  test("secrets are kept in a 0600 file, and the first opening says so", async () => {
    using scratch = new TemporaryFolder();
    const options = optionsIn(scratch);
    const { store, notice } = await openSecretStore(options);
    await store.set("key", "s3cret");
    expect(store.kind).toBe("file");
    expect(notice).toContain(options.folder.credentials);
    expect(statSync(options.folder.credentials).mode & 0o777).toBe(0o600);
    const again = await openSecretStore(options);
    expect(await again.store.get("key")).toBe("s3cret");
    expect(again.notice).toBeUndefined();
  });

  test("a secret can be replaced and deleted, and others stay", async () => {
    using scratch = new TemporaryFolder();
    const { store } = await openSecretStore(optionsIn(scratch));
    await store.set("a", "1");
    await store.set("__proto__", "2");
    await store.set("a", "3");
    expect(await store.get("a")).toBe("3");
    expect(await store.delete("a")).toBe(true);
    expect(await store.delete("a")).toBe(false);
    expect(await store.get("a")).toBeUndefined();
    expect(await store.get("__proto__")).toBe("2");
    expect(await store.get("toString")).toBeUndefined();
  });

  test("a file that others may read is refused", async () => {
    using scratch = new TemporaryFolder();
    const options = optionsIn(scratch);
    const { store } = await openSecretStore(options);
    chmodSync(options.folder.credentials, 0o640);
    for (const access of [store.get("a"), store.set("a", "1")]) {
      expect(await failureOf(access)).toMatchObject({ code: "permission-denied" });
    }
  });

  test.each(["missing", "damaged"])("a %s file is an error, not an empty store", async (what) => {
    using scratch = new TemporaryFolder();
    const options = optionsIn(scratch);
    const { store } = await openSecretStore(options);
    if (what === "missing") unlinkSync(options.folder.credentials);
    else writeFileSync(options.folder.credentials, '{"key": "s3cret');
    for (const access of [store.get("key"), store.set("key", "1"), store.delete("key")]) {
      const failure = await failureOf(access);
      expect(failure).toMatchObject({ code: "data-loss", message: expect.stringContaining(what) });
      expect(JSON.stringify(failure)).not.toContain("s3cret");
    }
  });

  test("processes that open it together agree and lose nothing", async () => {
    using scratch = new TemporaryFolder();
    const options = optionsIn(scratch);
    const writers = [1, 2, 3].map((writer) => {
      const script = `
        import { openSecretStore } from ${JSON.stringify(storeUrl)};
        const { store } = await openSecretStore(${JSON.stringify(options)});
        for (let turn = 0; turn < 5; turn++) await store.set("w${writer}t" + turn, "x");`;
      return Bun.spawn(["bun", "-e", script], { stderr: "inherit" });
    });
    expect(await Promise.all(writers.map((writer) => writer.exited))).toEqual([0, 0, 0]);
    const kept = JSON.parse(readFileSync(options.folder.credentials, "utf8"));
    expect(Object.keys(kept)).toHaveLength(15);
  });

  test("a service that never answers costs its deadline and no more", async () => {
    using scratch = new TemporaryFolder();
    using _server = Bun.listen({ unix: scratch.at("bus"), socket: { data: () => undefined } });
    const variables = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${scratch.at("bus")}` };
    const started = performance.now();
    const options = { ...optionsIn(scratch, variables), timeoutMs: 300 };
    const { store, notice } = await openSecretStore(options);
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(store.kind).toBe("file");
    expect(notice).toContain("no answer within 300ms");
  });

  test("a record that says nothing is an error, not a new choice", async () => {
    using scratch = new TemporaryFolder();
    writeFileSync(scratch.at("source.json"), "{", { mode: 0o600 });
    expect(await failureOf(openSecretStore(optionsIn(scratch)))).toMatchObject({
      code: "failed-precondition",
    });
  });

  test("a keychain that was chosen before is an error, not a file", async () => {
    using scratch = new TemporaryFolder();
    const source = JSON.stringify({ kind: "keychain", namespace: "n", check: "c" });
    writeFileSync(scratch.at("source.json"), source, { mode: 0o600 });
    const failure = await failureOf(openSecretStore(optionsIn(scratch)));
    expect(failure).toMatchObject({ code: "unavailable", hint: expect.stringContaining("unlock") });
    expect(existsSync(scratch.at("c.json"))).toBe(false);
  });
});

describe.if(hasSecretService)("with a secret service", () => {
  test("secrets are kept there, apart from those of another data folder", async () => {
    await using service = await startSecretService();
    using scratch = new TemporaryFolder();
    using other = new TemporaryFolder();
    const options = optionsIn(scratch, service.variables);
    const { store, notice } = await openSecretStore(options);
    expect([store.kind, notice]).toEqual(["keychain", undefined]);
    await store.set("key", "s3cret ✓");
    expect(await (await openSecretStore(options)).store.get("key")).toBe("s3cret ✓");
    const { store: stranger } = await openSecretStore(optionsIn(other, service.variables));
    expect(await stranger.get("key")).toBeUndefined();
    expect(await store.delete("key")).toBe(true);
    expect(await store.delete("key")).toBe(false);
    expect(await store.get("key")).toBeUndefined();
    expect(existsSync(options.folder.credentials)).toBe(false);
  });

  test("locked or replaced by another one it is an error, and nothing else is chosen", async () => {
    await using service = await startSecretService();
    using scratch = new TemporaryFolder();
    await openSecretStore(optionsIn(scratch, service.variables));
    await service.lock();
    const locked = await failureOf(openSecretStore(optionsIn(scratch, service.variables)));
    expect(locked).toMatchObject({ code: "unavailable" });
    await using another = await startSecretService();
    const replaced = await failureOf(openSecretStore(optionsIn(scratch, another.variables)));
    expect(replaced).toMatchObject({ code: "failed-precondition" });
    expect(existsSync(scratch.at("c.json"))).toBe(false);
  });

  test("secrets that are in a file stay there when a keychain appears", async () => {
    await using service = await startSecretService();
    using scratch = new TemporaryFolder();
    const { store } = await openSecretStore(optionsIn(scratch));
    await store.set("key", "s3cret");
    unlinkSync(scratch.at("source.json"));
    const { store: later } = await openSecretStore(optionsIn(scratch, service.variables));
    expect(await later.get("key")).toBe("s3cret");
  });
});
