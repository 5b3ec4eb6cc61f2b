import { JournalEntryType } from "../../src/contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { Append } from "../../src/store/operations/append.ts";
import { WriterClient } from "../../src/store/writer-client.ts";

type Store = (append: Append) => Promise<unknown>;

/** Puts something between the daemon and its store, for every append to a journal. */
export function interceptAppends(
  intercept: (append: Append, store: Store) => Promise<unknown>,
): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its `this` below
  const write = WriterClient.prototype.write;
  WriterClient.prototype.write = function intercepted(this: WriterClient, request) {
    if (request.operation !== "append") return write.call(this, request);
    return intercept(request.input as Append, (input) =>
      write.call(this, { operation: "append", input }),
    );
  };
}

/** `DONE model#1` */
export function rowName({ type, key }: { readonly type: number; readonly key: string }): string {
  return `${JournalEntryType[type]} ${key}`;
}
