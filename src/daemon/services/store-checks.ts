import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type DoctorCheckSchema,
  DoctorState,
} from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import type { Findings, StoreInspection } from "../../store/inspect-store.ts";
import type { Store } from "../../store/store.ts";

type Check = MessageInitShape<typeof DoctorCheckSchema>;

const { OK, WARNING, PROBLEM, SKIPPED } = DoctorState;

const defaultBudgetMs = 2_000;
/** The log is moved into the file long before; a larger one means that this does not work. */
const largestLogBytes = 64 * 1024 * 1024;

/** What the daemon finds when it looks at what it keeps. */
export async function storeChecks(
  store: Pick<Store, "failure" | "inspect">,
  budgetMs: number,
): Promise<Check[]> {
  const found = await store.inspect(budgetMs || defaultBudgetMs);
  return [
    writableCheck(store.failure),
    structureCheck(found),
    findingsCheck("store rows", found.rows, "rows match their SHA-256"),
    findingsCheck("artifact files", found.artifacts, "artifact files are in their place"),
    logCheck(found),
  ];
}

function writableCheck(failure: Store["failure"]): Check {
  const name = "store writes";
  if (!failure) return { name, state: OK, found: "can be written" };
  const fix = failure.hint ?? "stigmer local restart";
  return { name, state: PROBLEM, found: `read-only: ${failure.message}`, fix };
}

function structureCheck({ structure, databaseBytes }: StoreInspection): Check {
  const name = "store structure";
  const size = megabytes(databaseBytes);
  if (structure.damaged > 0) return damage(name, structure);
  return structure.complete
    ? { name, state: OK, found: `pages and indexes of the database are whole (${size})` }
    : { name, state: SKIPPED, found: `the database is too large for a quick look (${size})` };
}

function findingsCheck(name: string, findings: Findings, what: string): Check {
  const { checked, complete, damaged } = findings;
  if (damaged > 0) return damage(name, findings);
  const rest = complete ? "" : "; the time was over before all were looked at";
  return { name, state: OK, found: `${checked} ${what}${rest}` };
}

function damage(name: string, { damaged, examples }: Findings): Check {
  const others = damaged > examples.length ? `; and ${damaged - examples.length} more` : "";
  return {
    name,
    state: PROBLEM,
    found: `${damaged} damaged: ${examples.join("; ")}${others}`,
    fix: "restore the data folder from a copy, or delete what is damaged; the rest stays readable",
  };
}

function logCheck({ logBytes }: StoreInspection): Check {
  const name = "write-ahead log";
  const found = megabytes(Math.max(0, logBytes));
  if (logBytes <= largestLogBytes) return { name, state: OK, found };
  const why = `${found}: another program keeps the database open`;
  return { name, state: WARNING, found: why, fix: "stigmer local restart" };
}

function megabytes(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}
