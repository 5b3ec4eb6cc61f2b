import type { ShownProgram } from "../../../system/consent-store.ts";
import type { SelfCommand } from "../../../system/self-process.ts";
import type { ChildSurroundings } from "../../child-environment.ts";
import type { CallHost } from "../calls/call-host.ts";

/** What programs of one execution need of their surroundings. */
export interface ProcessHost extends ChildSurroundings, CallHost {
  /** Our own executable; with `BUN_BE_BUN=1` its command runs JavaScript. */
  readonly self: SelfCommand;
  /** Where programs start. Absolute. */
  readonly folder: string;
  /** A private folder for what lives as long as one program. */
  readonly scratch: string;
  /** Aborts when the execution is let go of: what goes on by itself ends then. */
  readonly released: AbortSignal;
  /** Whether the user consented to exactly this program, or to whatever this execution runs. */
  hasConsent(program: ShownProgram): boolean;
}
