import { existsSync } from "node:fs";
import { readSettings } from "../../system/settings.ts";
import { type Check, type CheckFamily, type DoctorFacts, ok, problemOf } from "./check.ts";

export const configChecks: CheckFamily = { name: "settings", run: checkSettings };

async function checkSettings({ folder, variables }: DoctorFacts): Promise<Check[]> {
  const name = "settings";
  const file = folder?.config;
  try {
    const settings = await readSettings({ ...(file === undefined ? {} : { file }), variables });
    const set = settings
      .list()
      .filter(({ winner }) => winner !== undefined && winner.source.kind !== "default");
    if (set.length === 0) return [ok(name, "all at their defaults")];
    const from = file !== undefined && existsSync(file) ? `${file} and variables` : "variables";
    return [ok(name, `${set.map((one) => one.name).join(", ")} set by ${from}`)];
  } catch (thrown) {
    const found = problemOf(name, thrown);
    return [{ ...found, fix: found.fix ?? `mend ${file ?? "the variables"}, or move it away` }];
  }
}
