import type { TrialStop } from "../../../workflow/trial/trial-protocol.ts";

/** A trial cannot go on, for want of the test and not of the workflow. */
export class TrialStopped extends Error {
  readonly stop: TrialStop;

  constructor(stop: TrialStop) {
    super(stop.kind);
    this.name = "TrialStopped";
    this.stop = stop;
  }
}
