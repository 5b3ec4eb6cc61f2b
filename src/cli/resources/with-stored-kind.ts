import { StigmerError } from "../../contract/errors.ts";
import type { Resource, ResourceKind } from "./resource-kind.ts";
import { withKind } from "./with-kind.ts";

const serverOnlyKinds = [
  "organization",
  "identityaccount",
  "apikey",
  "iampolicy",
] as const satisfies readonly string[];

/** {@link withKind} that takes too what nobody writes down: sessions and executions. */
export async function withStoredKind<Result>(
  word: string,
  use: <T extends Resource>(kind: ResourceKind<T>) => Promise<Result>,
): Promise<Result> {
  const singular = word.toLowerCase().replace(/ies$/, "y").replace(/s$/, "");
  switch (singular) {
    case "session":
      return await use((await import("./session-kind.ts")).sessionKind);
    case "execution":
    case "agentexecution":
      return await use((await import("./execution-kind.ts")).executionKind);
    default:
      refuseServerOnly(singular);
      return await withKind(word, use);
  }
}

/** Says what a local daemon says to whoever calls the services of these kinds. */
function refuseServerOnly(word: string): void {
  const kind = serverOnlyKinds.find((known) => known === word);
  if (kind === undefined) return;
  throw new StigmerError("unimplemented", `A local daemon keeps no ${kind}.`, {
    hint: "Only a shared server does: stigmer login SERVER, then stigmer api has its services.",
  });
}
