/**
 * Ways in which a runner lets go of an execution in the middle of its code. They are thrown through
 * the code above the context, which must not catch them.
 */

/** What a suspended execution waits for: the first of these. */
export interface Suspension {
  readonly wakeAtMs?: number;
  readonly topic?: string;
  /** Published events of these types (an empty text: any) behind a place in their log. */
  readonly events?: { readonly types: readonly string[]; readonly after: number };
}

/** Stands for any topic: an execution whose branches wait for several. */
const anyTopic = "*";

/** What comes first ends all of these waits. */
export function firstOf(suspensions: readonly Suspension[]): Suspension {
  const times = suspensions.flatMap(({ wakeAtMs }) => wakeAtMs ?? []);
  const topics = new Set(suspensions.flatMap(({ topic }) => topic ?? []));
  const [topic] = topics;
  const events = suspensions.flatMap((each) => each.events ?? []);
  return {
    ...(times.length === 0 ? {} : { wakeAtMs: Math.min(...times) }),
    ...(topic === undefined ? {} : { topic: topics.size > 1 ? anyTopic : topic }),
    ...(events.length === 0
      ? {}
      : {
          events: {
            types: [...new Set(events.flatMap(({ types }) => types))],
            after: Math.min(...events.map(({ after }) => after)),
          },
        }),
  };
}

/** The execution waits; the journal says for what. */
export class Suspended extends Error {
  readonly suspension: Suspension;

  constructor(suspension: Suspension) {
    super("suspended");
    this.name = "Suspended";
    this.suspension = suspension;
  }
}

/** Somebody else holds the execution, or the daemon is gone: nothing more may be written. */
export class LeaseLost extends Error {
  constructor(reason: string) {
    super(`lease lost: ${reason}`);
    this.name = "LeaseLost";
  }
}

/** The daemon stops: what ran is recorded, another runner goes on. */
export class Drained extends Error {
  constructor() {
    super("drained");
    this.name = "Drained";
  }
}

/** A branch ends because another one was faster; the execution goes on. */
export class BranchCancelled extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "BranchCancelled";
  }
}

/** A resume took another way than the record: a defect of the code above the context. */
export class OrderViolation extends Error {
  constructor(recorded: string, asked: string) {
    super(`the journal has ${recorded} where the code asks for ${asked}`);
    this.name = "OrderViolation";
  }
}

export function isRelease(thrown: unknown): boolean {
  const releases = [Suspended, LeaseLost, Drained, OrderViolation, BranchCancelled];
  return releases.some((release) => thrown instanceof release);
}

/** What several branches were ended by, as one: only when all of them wait, the execution does. */
export function combinedEnd(ends: readonly unknown[]): unknown {
  const waits = ends.filter((end) => end instanceof Suspended);
  if (waits.length < ends.length) return ends.find((end) => !(end instanceof Suspended));
  return new Suspended(firstOf(waits.map(({ suspension }) => suspension)));
}
