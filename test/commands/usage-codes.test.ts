import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { commandTable } from "../../src/cli/command-table.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

setDefaultTimeout(60_000);

let home: CommandHome;
beforeAll(async () => {
  home = CommandHome.open({ config: "model.default: script/echo\n" });
  writeFileSync(home.at("token"), "a-token", { mode: 0o600 });
  await home.output(["agent", "create", "good", "-i", "Repeat."]);
});
afterAll(() => home[Symbol.asyncDispose]());

describe("a file that is not there ends with 2 and is named:", () => {
  test.each([
    "agent create new -i @nofile",
    "agent execute good hello --attach nofile",
    "agent execute good hello --output-schema nofile",
    "agent execute -f nofile hello",
    "api AgentQueryController/list -d @nofile",
    "apply -f nofile",
    "diff -f nofile",
    "dev model --script nofile",
    "import -f nofile",
    "login localhost:1 --token-file nofile",
    "login localhost:1 --token-file token --ca-file nofile",
    "model login openai --from-file nofile",
    "skill push nofile",
  ])("%s", async (line) => {
    const end = await home.run(line.split(" "));
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.stderr).toMatch(/^error: .*nofile/m);
  });
});

const paged = commandTable
  .filter(({ flags }) => flags?.some(({ name }) => name === "limit"))
  .map(({ path }) => path.join(" "));

describe.each(paged)("%s", (name) => {
  const words = name === "get" ? ["get", "agent"] : name.split(" ");

  test.each(["-1", "0", "5000", "many", ""])("refuses --limit %p", async (limit) => {
    const end = await home.run([...words, "--limit", limit]);
    expectRefusal(end, { exitCode: 2, error: /^error: --limit (is 1 to 1000|takes a)/, hint: /./ });
  });
});
