import { describe, expect, test } from "bun:test";
import { create } from "@bufbuild/protobuf";
import {
  type ProviderCredential,
  ProviderCredentialSchema,
} from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import { modelProviderNames } from "../../contract/model-providers.ts";
import { CredentialsFile } from "../../system/credentials-file.ts";
import { readSettings } from "../../system/settings.ts";
import { TemporaryFolder } from "../../system/testing/temporary-folder.ts";
import { ProviderCredentials } from "./provider-credentials.ts";

/** The keys of one daemon, kept in a file that the next daemon finds. */
class Daemon implements Disposable {
  readonly #folder = new TemporaryFolder();
  readonly #settings: Readonly<Record<string, string>>;
  /** How often the store of secrets was opened. */
  opened = 0;
  #hasSecrets = false;

  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.#settings = settings;
  }

  start(): ProviderCredentials {
    const store = new CredentialsFile(this.#folder.at("credentials.json"));
    return new ProviderCredentials({
      hasSecrets: () => this.#hasSecrets,
      secrets: () => {
        if (!this.#hasSecrets) store.create();
        this.#hasSecrets = true;
        this.opened += 1;
        return Promise.resolve({ store, notice: "kept in a file" });
      },
      settings: () => readSettings({ variables: {}, overrides: this.#settings }),
    });
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

function lent(provider: string, baseUrl = ""): ProviderCredential {
  const source = "OPENAI_API_KEY";
  return create(ProviderCredentialSchema, { provider, apiKey: "lent key", source, baseUrl });
}

describe("the credential of a provider", () => {
  test("is what the caller lends, as long as nobody logged in", async () => {
    using daemon = new Daemon();
    const found = await daemon.start().resolve("openai", lent("openai"));
    expect(found).toMatchObject({ apiKey: "lent key", source: "OPENAI_API_KEY" });
    expect(daemon.opened).toBe(0);
  });

  test("is the kept key after a login, for the next daemon too", async () => {
    using daemon = new Daemon();
    const first = daemon.start();
    expect(await first.login("openai", "kept key")).toEqual({
      store: "file",
      notice: "kept in a file",
    });
    for (const credentials of [first, daemon.start()]) {
      const found = await credentials.resolve("openai", lent("openai"));
      expect(found).toMatchObject({ apiKey: "kept key", source: "login" });
    }
  });

  test("is gone after a logout, which says whether there was one", async () => {
    using daemon = new Daemon();
    const credentials = daemon.start();
    expect(await credentials.logout("openai")).toBe(false);
    await credentials.login("openai", "kept key");
    expect(await credentials.logout("openai")).toBe(true);
    for (const next of [credentials, daemon.start()]) {
      expect(await next.resolve("openai", undefined)).toMatchObject({ apiKey: "", source: "" });
    }
  });

  test("is read from the store once", async () => {
    using daemon = new Daemon();
    await daemon.start().login("openai", "kept key");
    daemon.opened = 0;
    const credentials = daemon.start();
    for (let call = 0; call < 3; call++) await credentials.resolve("openai", undefined);
    expect(daemon.opened).toBe(1);
  });

  test("goes to the address of the settings, unless the caller lends one", async () => {
    using daemon = new Daemon({ "providers.openai.baseUrl": "http://configured/v1" });
    const credentials = daemon.start();
    expect(await credentials.resolve("openai", undefined)).toMatchObject({
      baseUrl: "http://configured/v1",
      source: "config",
    });
    const other = lent("openai", "http://lent/v1");
    expect(await credentials.resolve("openai", other)).toMatchObject({ baseUrl: "http://lent/v1" });
  });

  test("is asked for every provider at once, each with its own", async () => {
    using daemon = new Daemon();
    const all = await daemon.start().resolveAll([lent("anthropic"), lent("google")]);
    expect(all.map(({ provider }) => provider)).toEqual([...modelProviderNames]);
    const withKey = all.filter(({ apiKey }) => apiKey !== "").map(({ provider }) => provider);
    expect(withKey.toSorted()).toEqual(["anthropic", "google"]);
  });
});

describe("a login", () => {
  test("to an unknown provider names the nearest", async () => {
    using daemon = new Daemon();
    const thrown = await daemon
      .start()
      .login("antropic", "key")
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "invalid-argument", hint: "did you mean anthropic?" });
  });

  test("where no key is needed is refused, and nothing is kept", async () => {
    using daemon = new Daemon();
    const thrown = await daemon
      .start()
      .login("script", "key")
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: "invalid-argument" });
    expect(daemon.opened).toBe(0);
  });
});
