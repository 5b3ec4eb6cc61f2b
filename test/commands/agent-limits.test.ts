import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

setDefaultTimeout(60_000);

describe("the limits of an agent", () => {
  let home: CommandHome;
  beforeAll(() => {
    home = CommandHome.open();
  });
  afterAll(() => home[Symbol.asyncDispose]());

  test("are given with its other flags, and each is changed alone", async () => {
    const limits = ["--max-turns", "3", "--max-tool-calls", "5", "--max-time", "90s"];
    const created = await home.json(["agent", "create", "clerk", "-i", "Count.", ...limits]);
    expect(created.spec.limits).toEqual({ maxTurns: 3, maxToolCalls: 5, timeoutSeconds: 90 });
    const updated = await home.json(["agent", "update", "clerk", "--max-turns", "4"]);
    expect(updated.spec.limits).toEqual({ maxTurns: 4, maxToolCalls: 5, timeoutSeconds: 90 });
    const other = await home.json(["agent", "update", "clerk", "-m", "script/echo"]);
    expect(other.spec.limits).toEqual(updated.spec.limits);
    const reset = await home.json(["agent", "update", "clerk", "--max-time", "0s"]);
    expect(reset.spec.limits).toEqual({ maxTurns: 4, maxToolCalls: 5 });
  });

  test("are refused where no execution could keep them", async () => {
    for (const [flag, value, field] of [
      ["--max-turns", "10001", "spec.limits.maxTurns"],
      ["--max-time", "31d", "spec.limits.timeoutSeconds"],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const end = await home.run(["agent", "create", "other", "-i", "Count.", flag, value]);
      expectRefusal(end, { exitCode: 2, error: field });
    }
  });
});
