import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

setDefaultTimeout(60_000);

describe("sessions and executions", () => {
  let home: CommandHome;
  beforeAll(async () => {
    home = CommandHome.open({ config: "model.default: script/echo\n" });
    await home.output(["agent", "create", "ag1", "-i", "Repeat."]);
    await home.output(["agent", "execute", "ag1", "hello"]);
  });
  afterAll(() => home[Symbol.asyncDispose]());

  test.each(["session", "sessions", "execution", "executions"])(
    "get %s lists them",
    async (word) => {
      expect((await home.json(["get", word])).items).toHaveLength(1);
    },
  );

  test.each(["session", "execution"])("describe %s @last shows its messages", async (word) => {
    expect(await home.output(["describe", word, "@last"])).toContain("hello");
    const record = await home.json(["describe", word, "@last"]);
    expect(record).toEqual(await home.json([word, "get", "@last"]));
    expect(record.messages).not.toEqual([]);
  });

  test.each(["execution", "session"])("delete %s deletes what it names", async (word) => {
    await home.output(["agent", "execute", "ag1", "again"]);
    const before = (await home.json(["get", word])).items.length;
    await home.output(["delete", word, "@last", "--cascade"]);
    expect((await home.json(["get", word])).items ?? []).toHaveLength(before - 1);
  });
});

test.each(["organization", "identityaccounts", "apikey", "iampolicies"])(
  "get %s says that only a shared server keeps it",
  async (word) => {
    await using home = CommandHome.open();
    const end = await home.run(["get", word]);
    expectRefusal(end, { exitCode: 1, error: "A local daemon keeps no", hint: "stigmer login" });
  },
);
