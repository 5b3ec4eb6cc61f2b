import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { fileURLToPath } from "node:url";
import type { Json } from "../../../../contract/json.ts";
import type { ShownProgram } from "../../../../system/consent-store.ts";
import { scriptedServer } from "../../../mcp/fixtures/test-host.ts";
import { failureOf, tryCall, type TrialOptions } from "../../testing/call-trial.ts";

// A busy machine starts a server in seconds.
setDefaultTimeout(60_000);

const everything = fileURLToPath(
  import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"),
);
const transport = { stdio: { command: process.execPath, arguments: [everything, "stdio"] } };
const call = (method: string, parameters: Json = {}, options: TrialOptions = {}): Promise<Json> =>
  tryCall("mcp", { method, parameters, transport }, options);

describe("an mcp call", () => {
  test("calls a tool", async () => {
    const parameters = { name: "echo", arguments: { message: "${ .word }" } };
    const got = await call("tools/call", parameters, { input: { word: "tea" } });
    expect(got).toMatchObject({
      content: [{ type: "text", text: expect.stringContaining("tea") }],
    });
  });

  test("lists tools, reads a resource and gets a prompt", async () => {
    const [tools, resources, prompts] = await Promise.all(
      ["tools/list", "resources/list", "prompts/list"].map((method) => call(method)),
    );
    expect(tools).toMatchObject({
      tools: expect.arrayContaining([expect.objectContaining({ name: "echo" })]),
    });
    const { uri } = (resources as unknown as { resources: { uri: string }[] }).resources[0]!;
    expect(await call("resources/read", { uri })).toMatchObject({ contents: [{ uri }] });
    const { name } = (prompts as unknown as { prompts: { name: string }[] }).prompts[0]!;
    expect(await call("prompts/get", { name })).toMatchObject({ messages: expect.any(Array) });
  });

  test("asks a stored server", async () => {
    const servers = { fixture: scriptedServer("plain", { TOKEN: "abc" }) };
    const parameters = { name: "environment", arguments: {} };
    const got = await tryCall(
      "mcp",
      { method: "tools/call", parameters, server: "fixture" },
      { servers },
    );
    expect(JSON.stringify(got)).toContain("TOKEN");
  });

  test("is not made without consent to its program", async () => {
    const seen: ShownProgram[] = [];
    const hasConsent = (program: ShownProgram): boolean => {
      seen.push(program);
      return false;
    };
    const failure = await failureOf(call("tools/list", {}, { hasConsent, folder: "/" }));
    expect(failure).toMatchObject({ status: 403, title: "No consent" });
    const argv = [process.execPath, everything, "stdio"];
    expect(seen).toEqual([{ kind: "mcp", argv, variables: [], folder: "/" }]);
  });

  const failing: [what: string, method: string, parameters: Json, type: RegExp, detail: RegExp][] =
    [
      [
        "a method that there is not",
        "tools/run",
        {},
        /configuration/,
        /no method "tools\/run"; there are tools\/list/,
      ],
      ["a tool that there is not", "tools/call", { name: "ech" }, /validation|runtime/, /ech/],
      [
        "arguments of another kind",
        "tools/call",
        { name: "echo", arguments: { message: 1 } },
        /validation|runtime/,
        /message/,
      ],
      [
        "a resource that there is not",
        "resources/read",
        { uri: "no://such" },
        /validation|runtime/,
        /no:\/\/such/,
      ],
    ];
  test.each(failing)("fails at %s", async (...row) => {
    const [, method, parameters, type, detail] = row;
    const failure = await failureOf(call(method, parameters));
    expect(failure.type).toMatch(type);
    expect(failure.detail).toMatch(detail);
  });

  test("fails when its server ends, does not speak MCP or is not there", async () => {
    const servers = { exits: scriptedServer("exit") };
    const ended = await failureOf(
      tryCall("mcp", { method: "tools/list", server: "exits" }, { servers }),
    );
    expect(ended.detail).toMatch(/missing API_KEY/);
    const http = { endpoint: "http://127.0.0.1:1/mcp" };
    const refused = await failureOf(tryCall("mcp", { method: "tools/list", transport: { http } }));
    expect(refused).toMatchObject({ type: expect.stringMatching(/communication/) });
    const stdio = { command: "no-such-server" };
    const missing = await failureOf(tryCall("mcp", { method: "tools/list", transport: { stdio } }));
    expect(missing).toMatchObject({ type: expect.stringMatching(/configuration/) });
  });

  test("ends within its time", async () => {
    const servers = { slow: scriptedServer("plain") };
    const parameters = { name: "wait", arguments: {} };
    const waiting = {
      method: "tools/call",
      parameters,
      server: "slow",
      timeout: { milliseconds: 200 },
    };
    expect(await failureOf(tryCall("mcp", waiting, { servers }))).toMatchObject({ status: 408 });
  });

  test("does not say a secret that it was given", async () => {
    const http = {
      endpoint: "http://127.0.0.1:1/${ $secrets.s }",
      headers: { "X-Key": "${ $secrets.s }" },
    };
    const secrets = { s: "opensesame" };
    const failure = await failureOf(
      tryCall("mcp", { method: "tools/list", transport: { http } }, { secrets }),
    );
    expect(JSON.stringify(failure)).not.toContain("opensesame");
  });
});
