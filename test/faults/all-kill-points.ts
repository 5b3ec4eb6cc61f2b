/**
 * Every kill point of every scenario, also in the run that resumes:
 * `bun test/faults/all-kill-points.ts [runs at once]`. Takes about half an hour; the gate has a
 * sample of it.
 */
import type { Kill } from "./fault-plan.ts";
import { findFaults } from "./find-faults.ts";
import { describeKills, killPoints } from "./kill-points.ts";
import { play } from "./play-scenario.ts";
import { cancelScenario, mainScenario, repairScenario, type Scenario } from "./scenario.ts";

const victims = ["runner", "daemon", "both"] as const;
/** At the last points the run that goes on has too few appends left for a second kill. */
const pointsWithoutRest = 6;
const runsAtOnce = Number(process.argv[2] ?? 3);

let faulty = 0;
let total = 0;
for (const [name, scenario] of Object.entries({
  main: mainScenario,
  cancel: cancelScenario,
  repair: repairScenario,
})) {
  await playAll(name, scenario);
}
print(`${total - faulty} passed, ${faulty} failed`);
process.exitCode = faulty > 0 ? 1 : 0;

async function playAll(name: string, scenario: Scenario): Promise<void> {
  const reference = await play(scenario);
  const first = victims.flatMap((victim) => killPoints(reference, victim).map((kill) => [kill]));
  const second = victims.flatMap((victim) =>
    killPoints(reference, victim).slice(0, -pointsWithoutRest).flatMap(resumed),
  );
  const pending = [...first, ...second];
  const worker = async (): Promise<void> => {
    for (let kills = pending.shift(); kills; kills = pending.shift()) {
      total += 1;
      const faults = await play(scenario, { kills }).then(
        (played) => findFaults(scenario, reference, played),
        (thrown: unknown) => [Bun.inspect(thrown)],
      );
      if (faults.length > 0) faulty += 1;
      print(`${faults.length === 0 ? "ok" : "FAULT"} ${name}: ${describeKills(kills)}`);
      for (const fault of faults) print(fault);
    }
  };
  await Promise.all(Array.from({ length: runsAtOnce }, worker));
}

/** A second kill of the same victim at the first appends of the run that goes on. */
function resumed(kill: Kill): Kill[][] {
  const { victim } = kill;
  return [1, 2].flatMap((append) =>
    (["before", "after"] as const).map((moment) => [kill, { at: { append }, moment, victim }]),
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
