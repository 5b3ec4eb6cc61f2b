import type { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";

/** How executions of one kind share runners. */
export interface RunnerSharing {
  /** Executions that one process holds at the same time. */
  readonly perRunner: number;
  /** Processes of this kind at the same time. */
  readonly runners: number;
}

/** Executions on their way to a runner or with one, and how many more there may be. */
export class Placements {
  readonly #kinds = new Map<string, ApiResourceKind>();

  get size(): number {
    return this.#kinds.size;
  }

  has(executionId: string): boolean {
    return this.#kinds.has(executionId);
  }

  add({ id, kind }: ExecutionRow): void {
    this.#kinds.set(id, kind);
  }

  delete(executionId: string): void {
    this.#kinds.delete(executionId);
  }

  hasRoom(kind: ApiResourceKind, { perRunner, runners }: RunnerSharing): boolean {
    let placed = 0;
    for (const each of this.#kinds.values()) if (each === kind) placed += 1;
    return placed < perRunner * runners;
  }
}
