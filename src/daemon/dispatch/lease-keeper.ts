import { toStigmerError } from "../../contract/errors.ts";
import type { Store } from "../../store/store.ts";
import type { Logger } from "../../system/log.ts";
import type { RunnerPool } from "./runner-pool.ts";

export interface LeaseKeeperOptions {
  readonly store: Store;
  readonly pool: RunnerPool;
  readonly leaseMs: number;
  readonly log: Logger;
}

/** A lease is renewed this often within its time, so that one late round loses nothing. */
const roundsPerLease = 3;

/** Renews the leases of runners that give signs of life, and takes back those that ran out. */
export class LeaseKeeper implements Disposable {
  readonly #options: LeaseKeeperOptions;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.#round().catch((thrown: unknown) => {
        options.log.warn("leases not renewed", { error: toStigmerError(thrown) });
      });
    }, options.leaseMs / roundsPerLease);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #round(): Promise<void> {
    const now = Date.now();
    await this.#renew(now);
    await this.#takeBack(now);
  }

  async #renew(now: number): Promise<void> {
    const { store, pool, leaseMs } = this.#options;
    const heardSince = performance.now() - leaseMs;
    const leases = pool.runners
      .filter(({ lastSeenMs }) => lastSeenMs > heardSince)
      .flatMap((runner) => runner.leases)
      .filter(({ fencingToken }) => fencingToken > 0)
      .map(({ executionId, fencingToken }) => ({ id: executionId, fencingToken }));
    if (leases.length > 0) await store.write("renewLeases", { leases, leaseUntil: now + leaseMs });
  }

  async #takeBack(now: number): Promise<void> {
    const { store, pool } = this.#options;
    for (const item of store.read.expiredLeases(now)) {
      if (item.kind === "corrupt") continue;
      const { id, runnerId, fencingToken } = item.row;
      const runner = pool.find(runnerId ?? "");
      // Its end gives the lease back; without a holder there is nobody to wait for.
      if (runner?.has(id)) runner.kill();
      else await store.write("releaseLease", { id, fencingToken });
    }
  }
}
