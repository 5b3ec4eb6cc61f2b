/** Each shows that the fault suite sees a defect: with the defect built in, it must complain. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { fileURLToPath } from "node:url";
import type { Kill } from "./fault-plan.ts";
import { findFaults } from "./find-faults.ts";
import { play } from "./play-scenario.ts";
import { mainScenario } from "./scenario.ts";

setDefaultTimeout(120_000);

const main = await play(mainScenario);
const forgetResults = fileURLToPath(new URL("./preloads/forget-results.ts", import.meta.url));
const trustEveryTool = fileURLToPath(new URL("./preloads/trust-every-tool.ts", import.meta.url));

test("a store that forgets the result of a tool shows as a repeated call", async () => {
  const faults = await faultsWith("runner after DONE tool#1[0]", {
    preloads: [forgetResults],
    variables: { FORGET: "^tool#1" },
  });
  expect(faults).toContain("tool#1[0] (read) was called 2 times, not 1 to 1");
});

test("a store that forgets the answer of a model shows as a repeated request", async () => {
  const faults = await faultsWith("daemon after DONE model#2", {
    preloads: [forgetResults],
    variables: { FORGET: "^model#2" },
  });
  expect(faults).toContain("turn 0 was asked of the model 3 times, not 2 to 2");
});

test("an unsafe tool that is called again shows as called twice", async () => {
  const faults = await faultsWith("runner before DONE tool#1[2]", { preloads: [trustEveryTool] });
  expect(faults).toContain("tool#1[2] (send) was called 2 times, not 0 to 1");
  expect(faults).toContain("0 results are told as unknown, though 1 are");
});

test("an end that differs shows", async () => {
  const summary = { ...main.summary, output: "something else" };
  expect(findFaults(mainScenario, main, { ...main, summary })).toEqual([
    'the end differs:\n- output: "It is done.",\n+ output: "something else",',
  ]);
});

test("a kill that never came shows", async () => {
  const faults = await faultsWith("runner after DONE model#99", {});
  expect(faults).toEqual(["0 kills happened, not 1"]);
});

async function faultsWith(
  kill: string,
  defect: { preloads?: string[]; variables?: Record<string, string> },
): Promise<string[]> {
  const [victim, moment, ...row] = kill.split(" ") as [Kill["victim"], Kill["moment"], ...string[]];
  const kills = [{ victim, moment, at: { row: row.join(" ") } }];
  return findFaults(mainScenario, main, await play(mainScenario, { ...defect, kills }));
}
