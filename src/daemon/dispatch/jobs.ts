import type { MessageInitShape } from "@bufbuild/protobuf";
import { ulid } from "ulid";
import { errorCodes, StigmerError } from "../../contract/errors.ts";
import type {
  JobOutcome,
  JobSchema,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { RunnerPool } from "./runner-pool.ts";

type Outcome = JobOutcome["outcome"];
type OutcomeCase = Exclude<NonNullable<Outcome["case"]>, "error">;
type OutcomeValue<Case extends OutcomeCase> = Extract<Outcome, { case: Case }>["value"];

/** What to do and with what; see `Job` in the contract. */
export type JobRequest = Pick<
  MessageInitShape<typeof JobSchema>,
  "job" | "settings" | "environment" | "credentials"
>;

/** Short pieces of work that leave no record: the daemon itself never opens a model or an MCP server. */
export class Jobs {
  readonly #open = new Map<string, PromiseWithResolvers<Outcome>>();
  readonly #pool: RunnerPool;

  constructor(pool: RunnerPool) {
    this.#pool = pool;
  }

  /** Runs a job in a runner of its own. Throws what the job failed with. */
  async run<Case extends OutcomeCase>(
    expected: Case,
    job: JobRequest,
    signal: AbortSignal,
  ): Promise<OutcomeValue<Case>> {
    const id = ulid().toLowerCase();
    const answer = Promise.withResolvers<Outcome>();
    this.#open.set(id, answer);
    const runner = await this.#pool.acquire(id, { kind: "job", jobId: id });
    const onAbort = (): void => runner.send({ case: "cancelJob", value: { id } });
    signal.addEventListener("abort", onAbort, { once: true });
    runner.send({ case: "job", value: { ...job, id } as MessageInitShape<typeof JobSchema> });
    try {
      const outcome = await answer.promise;
      if (outcome.case === "error") throw toError(outcome.value);
      if (outcome.case === expected) return outcome.value as OutcomeValue<Case>;
      throw new StigmerError(
        "internal",
        `the runner answered ${outcome.case} to a job for ${expected}`,
      );
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#open.delete(id);
      // Nobody will ask the same thing of it again: its process held what this job was lent.
      runner.send({ case: "drain", value: {} });
    }
  }

  finish(outcome: JobOutcome): void {
    this.#open.get(outcome.id)?.resolve(outcome.outcome);
  }

  /** The runner of a job is gone. */
  fail(id: string, stderrTail: string): void {
    const last = stderrTail.trim().split("\n").at(-1) ?? "";
    const message = `the runner of this job ended${last === "" ? "" : `: ${last}`}`;
    this.#open
      .get(id)
      ?.reject(new StigmerError("unavailable", message, { hint: "stigmer local logs" }));
  }
}

function toError(error: { code: string; message: string; hint: string }): StigmerError {
  const code = errorCodes.find((known) => known === error.code) ?? "internal";
  return new StigmerError(code, error.message, error.hint === "" ? {} : { hint: error.hint });
}
