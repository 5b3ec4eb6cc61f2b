import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

let home: CommandHome;
beforeAll(async () => {
  home = CommandHome.open();
  await home.output(["agent", "create", "stored", "-i", "Repeat.", "-m", "script/echo"]);
});
afterAll(() => home[Symbol.asyncDispose]());

const agent = (slug: string, more = "") =>
  `kind: Agent\nmetadata: {slug: ${slug}}\nspec:\n  instructions: Answer.\n${more}`;

/** A project whose agents echo. */
function project(folder: string, agents: readonly string[], defaults: object = {}) {
  const cwd = home.at(folder);
  mkdirSync(`${cwd}/agents`, { recursive: true });
  const text = { name: folder, defaults: { model: "script/echo", ...defaults } };
  writeFileSync(`${cwd}/stigmer.yaml`, JSON.stringify(text));
  for (const slug of agents) writeFileSync(`${cwd}/agents/${slug}.yaml`, agent(slug));
  return { cwd };
}

describe("run in a project", () => {
  test("applies first and says what changed, and nothing when nothing did", async () => {
    const inside = project("applies", ["applied"]);
    const first = await home.run(["run", "hello there"], inside);
    expect(first).toMatchObject({ exitCode: 0, stdout: "hello there\n" });
    expect(first.stderr).toStartWith("agent/applied created\n");
    expect((await home.run(["run", "hello there"], inside)).stderr).not.toContain("agent/applied");
    writeFileSync(`${inside.cwd}/agents/applied.yaml`, agent("applied", "  description: New.\n"));
    const changed = await home.run(["run", "hello there"], inside);
    expect(changed.stderr).toStartWith(
      'agent/applied updated\n  spec.description: (nothing) → "New."\n',
    );
  });

  test("stops at a mistake before anything runs", async () => {
    const inside = project("mistaken", ["mistaken"]);
    writeFileSync(`${inside.cwd}/agents/mistaken.yaml`, "kind: Agent\nspec: {}\n");
    const end = await home.run(["run", "hello"], inside);
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.stderr).toContain("agents/mistaken.yaml:1:1: metadata: is missing");
  });

  test("takes a first word that is an agent as the agent, otherwise all as the message", async () => {
    const inside = project("words", ["clerk", "poet"], { agent: "clerk" });
    const answer = async (...words: string[]) => {
      const { spec, status } = await home.json(["run", ...words], inside);
      return [spec.agent, status.output];
    };
    expect(await answer("poet", "one", "two")).toEqual(["poet", "one two"]);
    expect(await answer("one", "two")).toEqual(["clerk", "one two"]);
    expect(await answer("stored", "one")).toEqual(["stored", "one"]);
    expect(await answer("a whole sentence")).toEqual(["clerk", "a whole sentence"]);
    const piped = await home.run(["run", "and", "-"], { ...inside, stdin: "from a pipe\n" });
    expect(piped.stdout).toBe("and\n\nfrom a pipe\n");
    expectRefusal(await home.run(["run", "--agent", "nobody", "hello"], inside), {
      exitCode: 5,
      error: 'there is no agent "nobody"',
      hint: /./,
    });
    expectRefusal(await home.run(["run", "peot", "write!"], inside), {
      exitCode: 5,
      error: 'there is no agent "peot"; did you mean "poet"?',
      hint: "as a message: stigmer run poet peot write!",
    });
  });

  test("says the default message when nothing is said, and asks for one without it", async () => {
    const inside = project("says", ["says"], { message: "Good morning" });
    const end = await home.run(["run"], inside);
    expect(end.stdout).toBe("Good morning\n");
    expect(end.stderr).toContain("To says: Good morning\n");
    const silent = project("silent", ["silent"]);
    expectRefusal(await home.run(["run"], silent), {
      exitCode: 2,
      error: "MESSAGE is missing: what to say to silent",
      hint: 'stigmer run silent "hello", or set defaults.message in stigmer.yaml',
    });
  });

  test("asks which agent when there are several, and says when there is none", async () => {
    expectRefusal(await home.run(["run"], project("several", ["one-a", "two-b"])), {
      exitCode: 2,
      error: "This project has 2 agents; name one of them",
      hint: "one-a, two-b; or choose one with defaults.agent in stigmer.yaml",
    });
    expectRefusal(await home.run(["run"], project("none", [])), {
      exitCode: 2,
      error: "has no agent",
      hint: "agents/",
    });
  });

  test("binds the environments of the project unless a flag names others", async () => {
    await home.output(["environment", "create", "of-flag", "A=2"]);
    const inside = project("bound", ["bound"], { environments: ["of-project"] });
    mkdirSync(`${inside.cwd}/environments`);
    const own =
      "kind: Environment\nmetadata: {name: of-project}\nspec: {data: {A: {value: '1'}}}\n";
    writeFileSync(`${inside.cwd}/environments/own.yaml`, own);
    const bound = async (...flags: string[]) =>
      (await home.json(["run", "hello", ...flags], inside)).spec.environmentRefs;
    expect(await bound()).toEqual(["of-project"]);
    expect(await bound("-e", "of-flag")).toEqual(["of-flag"]);
  });

  test("binds no stored environment that only the project's file names, and says how to", async () => {
    await home.output(["environment", "create", "stored-values", "A=1"]);
    const inside = project("greedy", ["greedy"], { environments: ["stored-values"] });
    const run = ["run", "hello", "-o", "json"];
    const left = await home.run(run, inside);
    expect(JSON.parse(left.stdout).spec.environmentRefs ?? []).toEqual([]);
    expect(left.stderr).toMatch(
      /warning: stigmer.yaml: defaults.environments: stored-values is left out, .* -e stored-values\n/,
    );
    const named = await home.json([...run, "-e", "stored-values"], inside);
    expect(named.spec.environmentRefs).toEqual(["stored-values"]);
  });

  test("goes on with a session, detaches and takes a model like agent execute", async () => {
    const inside = project("flags", ["flagged"]);
    const first = await home.json(["run", "one"], inside);
    const second = await home.json(["run", "--session", first.spec.session, "two"], inside);
    expect(second.spec.session).toBe(first.spec.session);
    const detached = await home.output(["run", "-d", "three", "-q"], inside);
    expect(detached).toMatch(/^aex-\w+\n$/);
    const hello = await home.output(["run", "-m", "script/hello", "four"], inside);
    expect(hello).toContain("I am script/hello");
  });
});

describe("run outside of a project", () => {
  test("runs a stored agent", async () => {
    expect(await home.output(["run", "stored", "hello"])).toBe("hello\n");
  });

  test("says what to do when no agent is named, or one that is not there", async () => {
    expectRefusal(await home.run(["run"]), {
      exitCode: 2,
      error: "NAME is missing, and this folder is in no project",
      hint: "stigmer init",
    });
    expectRefusal(await home.run(["run", "storde", "hello"]), {
      exitCode: 5,
      error: 'there is no agent "storde"',
      hint: 'did you mean "stored"?',
    });
  });
});
