import type { DescMessage, Message } from "@bufbuild/protobuf";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { TextDelta } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { ExecutionPhase } from "../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { Kind } from "../contract/kinds.ts";

/** What every event of an execution has, whatever the kind. */
export type ExecutionEvent = Message & {
  sequence: bigint;
  at?: Timestamp | undefined;
  event: { case: string | undefined; value?: unknown };
};

/** How the daemon ends an execution in its own name. */
export interface DaemonEnd {
  readonly phase: ExecutionPhase;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
  readonly atMs: number;
}

/** What is special about the messages of one kind of executions. */
export interface ExecutionFormat<Execution extends Message, Event extends ExecutionEvent> {
  readonly kind: Kind;
  readonly eventSchema: DescMessage;
  /** Of what `listMessages` or `listTasks` gives. */
  readonly rowSchema: DescMessage;
  snapshot(execution: Execution): Event;
  /** Changes its status and returns the event that says so. */
  end(execution: Execution, end: DaemonEnd): Event;
  /** The event of a row, where the journal has only its place. */
  rowEvent(body: Uint8Array): Event;
  /** Text that is being written, without what is finished by now. */
  deltas(pieces: readonly TextDelta[], finished: readonly Event[]): Event[];
}
