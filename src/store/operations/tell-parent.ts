import { originOf } from "../tables/child-table.ts";
import type { Transaction } from "../transaction.ts";
import { acceptSignal } from "./accept-signal.ts";
import { storedExecution } from "./stored-execution.ts";

/** Topic of the signal that says that a child has ended. */
function childTopic(childId: string): string {
  return `child/${childId}`;
}

/** Who started an execution learns, in the transaction of its end, that it has ended. */
export function tellParent(tx: Transaction, childId: string, at: number): void {
  const origin = originOf(tx.db, childId);
  const parent = origin && storedExecution(tx.db, origin.parentId);
  if (parent === undefined || parent.state === "ended") return;
  const payload = new TextEncoder().encode("null");
  acceptSignal(tx, parent, { topic: childTopic(childId), dedupKey: "end", at, payload });
}
