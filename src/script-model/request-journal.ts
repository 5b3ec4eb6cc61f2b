/** One request as it arrived, and how it ended. */
export interface JournalEntry {
  /** Counts from 1 since the start of the server or its last reset. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly receivedAt: string;
  readonly method: string;
  readonly path: string;
  /** The values of headers that hold credentials are replaced. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  wire?: string;
  model?: string;
  script?: string;
  /** Index of the turn in its script. */
  turn?: number;
  /** The scripted fault that this attempt met. */
  fault?: string;
  status?: number;
  outcome: RequestOutcome;
  /** Milliseconds until the outcome was known. */
  durationMs?: number;
}

/**
 * `completed`: the whole answer was sent. `refused`: the request was wrong. `faulted`: a scripted
 * fault was played. `abandoned`: the client left, or the server closed, before the end.
 */
export type RequestOutcome = "pending" | "completed" | "refused" | "faulted" | "abandoned";

/** Entries kept; counts go on without a limit. */
const maxEntries = 5_000;

/** What a script server was asked, for assertions. In memory only. */
export class RequestJournal {
  #entries: JournalEntry[] = [];
  #count = 0;
  readonly #byModel = new Map<string, number>();

  /** Records a request before it is answered. */
  open(request: Request, path: string, body: unknown): JournalEntry {
    this.#count += 1;
    const entry: JournalEntry = {
      number: this.#count,
      receivedAt: new Date().toISOString(),
      method: request.method,
      path,
      headers: withoutCredentials(request.headers),
      body,
      outcome: "pending",
    };
    this.#entries.push(entry);
    if (this.#entries.length > maxEntries) this.#entries.shift();
    return entry;
  }

  /** Counts a request for an answer of `model`, whether it can be answered or not. */
  countModel(entry: JournalEntry, model: string): void {
    entry.model = model;
    this.#byModel.set(model, this.requestsOf(model) + 1);
  }

  close(entry: JournalEntry, outcome: RequestOutcome): void {
    if (entry.outcome !== "pending") return;
    entry.outcome = outcome;
    entry.durationMs = Date.now() - Date.parse(entry.receivedAt);
  }

  /** The newest requests, oldest first. */
  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  requestsOf(model: string): number {
    return this.#byModel.get(model) ?? 0;
  }

  toJSON(): JournalReport {
    return {
      count: this.#count,
      requestsByModel: Object.fromEntries(this.#byModel),
      requests: this.#entries,
    };
  }

  reset(): void {
    this.#entries = [];
    this.#count = 0;
    this.#byModel.clear();
  }
}

/** What `GET /__journal` answers. */
export interface JournalReport {
  readonly count: number;
  readonly requestsByModel: Readonly<Record<string, number>>;
  readonly requests: readonly JournalEntry[];
}

const credentialHeader = /auth|cookie|token|secret|credential|(?:^|-)key$/;

function withoutCredentials(headers: Headers): Record<string, string> {
  const shown = [...headers].map(([name, value]) => {
    const secret = name !== "idempotency-key" && credentialHeader.test(name);
    return [name, secret ? "(hidden)" : value] as const;
  });
  return Object.fromEntries(shown);
}
