import { existsSync } from "node:fs";
import { openSecretStore } from "../../system/open-secret-store.ts";
import { selfCommand } from "../../system/self-process.ts";
import { type Check, type CheckFamily, type DoctorFacts, ok, problemOf } from "./check.ts";

export const secretChecks: CheckFamily = { name: "secret store", run: checkSecrets };

/** Asks the store that was chosen before; none is chosen by looking. */
async function checkSecrets({ folder, variables, requestMs }: DoctorFacts): Promise<Check[]> {
  const name = "secret store";
  if (!folder || !existsSync(folder.secretSource)) {
    return [ok(name, "none in use yet; the first stigmer model login chooses one")];
  }
  try {
    const options = { folder, self: selfCommand(), variables, timeoutMs: requestMs };
    const { store } = await openSecretStore(options);
    // Whether it can be read; what it holds is nobody's business here.
    await store.get("check");
    const where = store.kind === "file" ? folder.credentials : "the keychain of this login session";
    return [ok(name, `${where} answers`)];
  } catch (thrown) {
    return [problemOf(name, thrown)];
  }
}
