/** The variable that tells a daemon of a test where its {@link FaultPlan} lies. */
export const faultPlanVariable = "FAULT_PLAN";

/** Who is killed, and when. */
export interface Kill {
  readonly at: KillPoint;
  /** `before`: the append never reaches the store. `after`: it is stored, nobody hears of it. */
  readonly moment: "before" | "after";
  readonly victim: "runner" | "daemon" | "both";
}

/** A row of the journal (`DONE model#1`), or the n-th append, from 1, since the kill before. */
export type KillPoint =
  | { readonly row: string; readonly append?: never }
  | { readonly append: number; readonly row?: never };

/** What a daemon with the preload `kill-at.ts` is told. */
export interface FaultPlan {
  /** In order; each happens once, however often the daemon is started. */
  readonly kills: readonly Kill[];
  /** File of {@link FaultRecord}s, one JSON a line. */
  readonly log: string;
}

/** What happened, in order. */
export type FaultRecord =
  | { readonly kind: "stored"; readonly rows: readonly string[] }
  | { readonly kind: "killed" };
