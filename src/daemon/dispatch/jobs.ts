import type { MessageInitShape } from "@bufbuild/protobuf";
import { ulid } from "ulid";
import { errorCodes, StigmerError } from "../../contract/errors.ts";
import type {
  JobOutcome,
  JobSchema,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { Runner } from "./runner.ts";
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
    try {
      const runner = await this.#pool.acquireForJob(id);
      return outcomeFor(expected, await askRunner(runner, { ...job, id }, answer.promise, signal));
    } finally {
      this.#open.delete(id);
    }
  }

  finish(outcome: JobOutcome): void {
    this.#open.get(outcome.id)?.resolve(outcome.outcome);
  }

  /** The runner of a job is gone. */
  fail(id: string, lastWords: string): void {
    const message = `the runner of this job ended${lastWords === "" ? "" : `: ${lastWords}`}`;
    this.#open
      .get(id)
      ?.reject(new StigmerError("unavailable", message, { hint: "stigmer local logs" }));
  }
}

async function askRunner(
  runner: Runner,
  job: JobRequest & { readonly id: string },
  answer: Promise<Outcome>,
  signal: AbortSignal,
): Promise<Outcome> {
  const cancel = (): void => runner.send({ case: "cancelJob", value: { id: job.id } });
  runner.send({ case: "job", value: job });
  // The caller may have left while the runner started.
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return await answer;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

function outcomeFor<Case extends OutcomeCase>(
  expected: Case,
  outcome: Outcome,
): OutcomeValue<Case> {
  if (outcome.case === "error") throw toError(outcome.value);
  if (outcome.case === expected) return outcome.value as OutcomeValue<Case>;
  throw new StigmerError(
    "internal",
    `the runner answered ${outcome.case} to a job for ${expected}`,
  );
}

function toError(error: { code: string; message: string; hint: string }): StigmerError {
  const code = errorCodes.find((known) => known === error.code) ?? "internal";
  return new StigmerError(code, error.message, error.hint === "" ? {} : { hint: error.hint });
}
