import { setTimeout as delay } from "node:timers/promises";
import { toStigmerError } from "../../contract/errors.ts";
import type { AgentExecutionEvent } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { AgentExecutionStatus } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { AgentExecutionQueryController } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import { hasEnded } from "./execution-phase.ts";

export interface FollowOptions {
  readonly id: string;
  readonly daemon: DaemonConnection;
  readonly signal: AbortSignal;
  /** Called when the connection broke and is made again. */
  readonly onReconnect: () => void;
}

/** Times in a row that nothing came before the connection is given up. */
const patience = 8;

/**
 * Every event of an execution from its beginning, in order and once, until the terminal one. When
 * the daemon goes away it is started again and the stream goes on after the last event.
 *
 * @throws StigmerError `unavailable` when no daemon comes back; what `signal` was aborted with.
 */
export async function* followExecution(
  options: FollowOptions,
): AsyncGenerator<AgentExecutionEvent, void, undefined> {
  const { daemon, signal } = options;
  const position: Position = { sequence: 0n, ended: false, failures: 0 };
  for (;;) {
    yield* untilCut(options, position);
    if (position.ended) return;
    position.failures++;
    options.onReconnect();
    await daemon.reset();
    await delay(position.failures * 20, undefined, { signal });
  }
}

/** Where the reader is. */
interface Position {
  /** Of the last event that is kept. */
  sequence: bigint;
  ended: boolean;
  /** Times in a row that the stream was cut before anything came. */
  failures: number;
}

/** One stream, to its end or until the daemon goes away. */
async function* untilCut(
  { id, daemon, signal }: FollowOptions,
  position: Position,
): AsyncGenerator<AgentExecutionEvent, void, undefined> {
  const request = { id, afterSequence: position.sequence };
  try {
    const { method } = AgentExecutionQueryController;
    for await (const event of daemon.stream(method.subscribe, request, { signal })) {
      position.failures = 0;
      // Text deltas have the sequence 0: they are not kept.
      if (event.sequence > position.sequence) position.sequence = event.sequence;
      position.ended = hasEnded(statusOf(event)?.phase);
      yield event;
      if (position.ended) return;
    }
  } catch (thrown) {
    signal.throwIfAborted();
    const { code } = toStigmerError(thrown);
    if (code !== "unavailable" || position.failures >= patience) throw thrown;
  }
  signal.throwIfAborted();
}

/** The status that an event brings, if it brings one. */
export function statusOf(event: AgentExecutionEvent): AgentExecutionStatus | undefined {
  if (event.event.case === "status") return event.event.value;
  return event.event.case === "snapshot" ? event.event.value.status : undefined;
}
