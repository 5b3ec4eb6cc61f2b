import { expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";

setDefaultTimeout(60_000);

test("a session shows where an execution failed, and why", async () => {
  await using models = serveModels({ failing: [{ fail: { status: 400, times: "always" } }] });
  await using home = CommandHome.open({ config: configFor(models) });
  await home.output(["agent", "create", "good", "-i", "x", "-m", "openai-compatible/plain"]);
  await home.output(["agent", "execute", "good", "hello"]);
  const failing = ["-m", "openai-compatible/failing", "--session", "@last"];
  expect(await home.run(["agent", "execute", "good", "again", ...failing])).toMatchObject({
    exitCode: 1,
  });
  const failed = (await home.json(["execution", "get", "@last"])).metadata.id;

  const text = await home.output(["session", "get", "@last"]);
  const marks = text.split("\n").filter((line) => line.startsWith("failed: "));
  expect(marks).toHaveLength(1);
  expect(text.indexOf("again")).toBeLessThan(text.indexOf("failed: "));
  expect(text).toContain(failed);
  const { executions } = await home.json(["session", "get", "@last"]);
  expect(executions).toMatchObject([
    { phase: "EXECUTION_COMPLETED" },
    { id: failed, phase: "EXECUTION_FAILED", error: { message: expect.any(String) } },
  ]);
});

test("a session that is given a slug keeps it and is found by it", async () => {
  await using home = CommandHome.open({ config: "model.default: script/echo\n" });
  await home.output(["agent", "create", "good", "-i", "x"]);
  const request = { metadata: { slug: "mine" }, spec: { agent: "good" } };
  const method = "SessionCommandController/create";
  const made = await home.json(["api", method, "-d", JSON.stringify(request)]);
  expect(made.metadata.slug).toBe("mine");
  await home.output(["agent", "execute", "good", "hello", "--session", "mine"]);
  const { messages } = await home.json(["session", "get", "mine"]);
  expect(messages).toHaveLength(2);
});
