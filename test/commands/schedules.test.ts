import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

const agent = `kind: Agent
metadata: {slug: reporter}
spec: {instructions: Report., model: script/echo}
---
`;

const schedule = (slug: string, spec: string): string =>
  `kind: Schedule\nmetadata: {slug: ${slug}}\nspec: {${spec}, agent: {agent: reporter, message: Report.}}\n`;

let home: CommandHome;
beforeAll(() => {
  home = CommandHome.open();
});
afterAll(() => home[Symbol.asyncDispose]());

async function apply(text: string) {
  return await home.run(["apply", "-f", "-"], { stdin: agent + text });
}

describe("apply", () => {
  test("says when a schedule starts something for the first time, and what is paused", async () => {
    const spec = 'cron: "0 3 1 1 *", timeZone: Europe/Berlin';
    const paused = schedule("later", "every: 1h, paused: true");
    const year = new Date().getUTCFullYear();
    const { stderr } = await apply(`${schedule("nightly", spec)}---\n${paused}`);
    expect(stderr.replace(String(year + 1), String(year))).toContain(
      `schedule/nightly starts for the first time at ${year}-01-01T02:00:00Z.\n`,
    );
    expect(stderr).toContain("schedule/later is paused: stigmer schedule resume later\n");
    expect((await apply(schedule("nightly", spec))).stderr).toBe("");
  });

  test("says nothing of it when nothing is applied", async () => {
    const args = ["apply", "--dry-run", "-f", "-"];
    const { stderr } = await home.run(args, { stdin: agent + schedule("dry", "every: 1h") });
    expect(stderr).toBe("");
  });
});

describe("schedule", () => {
  test("list shows what starts when, and in which state it is", async () => {
    await apply(
      `${schedule("hourly", "every: 1h")}---\n${schedule("off", "after: 5m, paused: true")}`,
    );
    const table = await home.output(["schedule", "list"]);
    expect(table.split("\n")[0]?.split(/\s{2,}/)).toEqual(
      expect.arrayContaining(["NAME", "WHEN", "STARTS", "NEXT", "LAST", "STATE"]),
    );
    expect(table).toMatch(/^hourly +every 1h +agent reporter +in \d+m +active/m);
    expect(table).toMatch(/^off +after 5m +agent reporter +paused/m);
  });

  test("pause and resume say what follows", async () => {
    await apply(schedule("weekly", "every: 7d"));
    expect(await home.output(["schedule", "pause", "weekly"])).toBe("schedule weekly paused\n");
    const paused = await home.json(["schedule", "get", "weekly"]);
    expect(paused.spec.paused).toBe(true);
    expect(paused.status.nextAt).toBeUndefined();
    // What the file never said of it stays.
    await apply(schedule("weekly", "every: 7d"));
    expect((await home.json(["schedule", "get", "weekly"])).spec.paused).toBe(true);
    const resumed = await home.output(["schedules", "resume", "weekly"]);
    expect(resumed).toMatch(/^schedule weekly resumed, next at \d{4}-\d\d-\d\dT[\d:]+Z\n$/);
    const [item] = [await home.json(["schedule", "pause", "weekly"])];
    expect(item).toMatchObject({ kind: "Schedule", spec: { paused: true } });
  });

  test("trigger prints the id of the execution, and how to watch it", async () => {
    await apply(schedule("rarely", "every: 7d, paused: true"));
    const { stdout, stderr } = await home.run(["schedule", "trigger", "rarely"]);
    expect(stdout).toMatch(/^aex-[0-9a-z]{26}\n$/);
    expect(stderr).toContain(`stigmer execution watch ${stdout.trim()}`);
    const watched = await home.output(["execution", "watch", stdout.trim()]);
    expect(watched).toContain("Report.");
    const found = await home.output([
      "execution",
      "list",
      "-l",
      "stigmer.ai/schedule=rarely",
      "-o",
      "name",
    ]);
    expect(found).toBe(stdout);
    const described = await home.output(["schedule", "get", "rarely"]);
    expect(described).toMatch(/last: +\d{4}-.* aex-/);
    expect(described).toMatch(/started: +1 time\n/);
  });

  test("resume releases what an import holds", async () => {
    await apply(schedule("moved", "every: 1h"));
    const exported = await home.output(["export", "--all"]);
    await using other = CommandHome.open();
    await other.output(["import"], { stdin: exported });
    expect(await other.output(["schedule", "list"])).toMatch(/^moved .* imported/m);
    expect(await other.output(["schedule", "resume", "moved"])).toContain("next at");
    expect(await other.output(["schedule", "list"])).toMatch(/^moved .* active/m);
  });

  test("delete takes it away; one that there is not is refused", async () => {
    await apply(schedule("gone", "every: 1h"));
    expect(await home.output(["schedule", "delete", "gone"])).toBe("schedule gone deleted\n");
    for (const verb of ["get", "pause", "resume", "trigger", "delete"]) {
      const end = await home.run(["schedule", verb, "gone"]);
      expectRefusal(end, { exitCode: 5, error: "gone", hint: "" });
    }
  });
});
