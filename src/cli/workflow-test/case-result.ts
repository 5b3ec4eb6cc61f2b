import type { KillPoints } from "../../workflow/trial/trial-protocol.ts";
import type { Problem } from "./problem.ts";

/** What came of one case. */
export interface CaseResult {
  readonly file: string;
  readonly name: string;
  /** `FILE:LINE:COLUMN` of the case. */
  readonly place: string;
  /** In the time of the run. */
  readonly tookMs: number;
  readonly problems: readonly Problem[];
  readonly killPoints: KillPoints | undefined;
}
