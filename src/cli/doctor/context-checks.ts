import { toStigmerError } from "../../contract/errors.ts";
import { SystemQueryController } from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import { chosenContext } from "../connect/chosen-context.ts";
import { localContext } from "../connect/context-record.ts";
import { openServer, tokenRefused } from "../connect/open-server.ts";
import { contextTarget } from "../connect/reach-context.ts";
import { type Check, type CheckFamily, type DoctorFacts, ok, problem, problemOf } from "./check.ts";

const name = "context";

/** Where commands go: the server of the chosen context is asked who its user is. */
export const contextChecks: CheckFamily = { name, run: checkContext };

async function checkContext(facts: DoctorFacts): Promise<Check[]> {
  const { folder, variables, context: given } = facts;
  if (folder === undefined) return [];
  let chosen: string;
  try {
    chosen = await chosenContext({ folder, variables, given });
  } catch {
    return []; // The check of the settings says why they cannot be read.
  }
  if (chosen === localContext) return [ok(name, "local: the daemon of this machine")];
  return [await checkServer(chosen, { ...facts, folder })];
}

async function checkServer(
  chosen: string,
  { folder, variables, signal, requestMs }: DoctorFacts & { readonly folder: DataFolder },
): Promise<Check> {
  const ends = AbortSignal.any([signal, AbortSignal.timeout(requestMs)]);
  try {
    const target = await contextTarget(chosen, { folder, variables });
    const { channel, version } = await openServer(target, ends);
    using _ = channel;
    await channel
      .unary(SystemQueryController.method.whoami, {}, { signal: ends })
      .catch((thrown: unknown) => {
        const error = toStigmerError(thrown);
        throw error.code === "unauthenticated" ? tokenRefused(target, error) : error;
      });
    return ok(name, `${chosen}: ${target.server} answers, version ${version.version}`);
  } catch (thrown) {
    const fix = "stigmer context list";
    if (ends.aborted) return problem(name, `${chosen} does not answer in time`, fix);
    const { hint } = toStigmerError(thrown);
    const found = problemOf(name, thrown);
    return { ...found, found: `${chosen}: ${found.found}`, fix: hint ?? fix };
  }
}
