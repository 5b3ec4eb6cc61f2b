import type { SelfCommand } from "../../../system/self-process.ts";
import type { ChildSurroundings } from "../../child-environment.ts";
import type { CallHost } from "../calls/call-host.ts";

/** What programs of one execution need of their surroundings. */
export interface ProcessHost extends ChildSurroundings, CallHost {
  /** Our own executable; with `BUN_BE_BUN=1` its command runs JavaScript. */
  readonly self: SelfCommand;
  /** A private folder for what lives as long as one program. */
  readonly scratch: string;
  /** Aborts when the execution is let go of: what goes on by itself ends then. */
  readonly released: AbortSignal;
}
