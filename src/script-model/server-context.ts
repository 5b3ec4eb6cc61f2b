import type { FaultCounter } from "./fault-counter.ts";
import type { RequestJournal } from "./request-journal.ts";
import type { ScriptSet } from "./script.ts";

/** What every request of one server shares. */
export interface ServerContext {
  readonly scripts: ScriptSet;
  /** Whether a history that a real provider refuses is refused here. */
  readonly histories: "strict" | "any";
  readonly journal: RequestJournal;
  readonly faults: FaultCounter;
}
