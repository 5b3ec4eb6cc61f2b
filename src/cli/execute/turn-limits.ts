import type { CommandContext } from "../command-context.ts";
import { longestTimerMs } from "../../system/duration.ts";
import type { Invocation } from "../invocation.ts";

/** Whether the command started what it follows, and so cancels it when it is interrupted. */
export type TurnRole = "owns" | "observes";

/** Why a command stopped to follow an execution before its end. */
export type StopReason = "interrupted" | "hung-up" | "timed-out" | "waited";

/** How long a command waits where nobody is there to interrupt it. */
const unwatchedWaitMs = 600_000;

/** Ends the following of an execution when its time is over or a signal comes. */
export class TurnLimits implements Disposable {
  readonly timeoutMs: number | undefined;
  readonly waitMs: number | undefined;
  readonly role: TurnRole;
  /** Nothing is left to look at afterwards. */
  readonly isStandalone: boolean;
  readonly #controller = new AbortController();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #context: CommandContext;
  readonly #onAbort = (): void => this.stop(this.#externalReason());
  #reason: StopReason | undefined;

  constructor(invocation: Invocation, context: CommandContext, role: TurnRole = "owns") {
    this.role = role;
    this.#context = context;
    this.isStandalone = invocation.enabled("standalone");
    this.timeoutMs = timeoutLimitMs(invocation, context.terminal);
    this.waitMs = waitLimitMs(invocation, context.terminal);
    this.#after(this.timeoutMs, "timed-out");
    this.#after(this.waitMs, "waited");
    context.signal.addEventListener("abort", this.#onAbort, { once: true });
    if (context.signal.aborted) this.#onAbort();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#context.signal.removeEventListener("abort", this.#onAbort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** The first reason counts. */
  stop(reason: StopReason): void {
    this.#reason ??= reason;
    this.#controller.abort();
  }

  #after(delayMs: number | undefined, reason: StopReason): void {
    if (delayMs === undefined || delayMs > longestTimerMs) return;
    this.#timers.push(setTimeout(() => this.stop(reason), delayMs));
  }

  #externalReason(): StopReason {
    const { interruption, terminal } = this.#context;
    return interruption.received === "SIGHUP" || terminal.closed.aborted
      ? "hung-up"
      : "interrupted";
  }
}

interface Watched {
  readonly isWatched: boolean;
}

/** How long a command waits for an execution: `--wait`, and a finite time where nobody watches. */
export function waitLimitMs(invocation: Invocation, terminal: Watched): number | undefined {
  if (invocation.enabled("standalone")) return undefined;
  return invocation.durationMs("wait") ?? (terminal.isWatched ? undefined : unwatchedWaitMs);
}

/** When an execution is cancelled: one that ends with its command cannot be left to itself. */
export function timeoutLimitMs(invocation: Invocation, terminal: Watched): number | undefined {
  const isLimited = invocation.enabled("standalone") && !terminal.isWatched;
  return invocation.durationMs("timeout") ?? (isLimited ? unwatchedWaitMs : undefined);
}
