import type { TextDelta } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { ChangeFeed } from "./change-feed.ts";

/** UTF-16 units that wait for one slow reader. More is dropped: the finished message has it all. */
const maxWaiting = 131_072;

/** Text on its way from runners to subscribers. In memory only. */
export class DeltaHub {
  readonly #feed: ChangeFeed;
  readonly #readers = new Map<string, Set<DeltaQueue>>();

  constructor(feed: ChangeFeed) {
    this.#feed = feed;
  }

  publish(executionId: string, delta: TextDelta): void {
    const readers = this.#readers.get(executionId);
    if (!readers) return;
    for (const queue of readers) queue.add(delta);
    this.#feed.wake(executionId);
  }

  subscribe(executionId: string): DeltaQueue & Disposable {
    const queue = new DeltaQueue();
    const readers = this.#readers.get(executionId) ?? new Set();
    this.#readers.set(executionId, readers.add(queue));
    const dispose = (): void => {
      readers.delete(queue);
      if (readers.size === 0) this.#readers.delete(executionId);
    };
    return Object.assign(queue, { [Symbol.dispose]: dispose });
  }
}

class DeltaQueue {
  #deltas: TextDelta[] = [];
  #size = 0;

  add(delta: TextDelta): void {
    if (this.#size > maxWaiting) this.take();
    this.#deltas.push(delta);
    this.#size += delta.text.length;
  }

  take(): TextDelta[] {
    const taken = this.#deltas;
    this.#deltas = [];
    this.#size = 0;
    return taken;
  }
}
