/**
 * Watches one call: ends it when the caller aborts, when the provider stays silent, or when the
 * call is over, and remembers which of these it was, since libraries wrap or swallow the reason.
 */
export interface CallWatch extends Disposable {
  /** Aborted when the call must stop, whatever the cause. */
  readonly signal: AbortSignal;
  readonly end: CallEnd | undefined;
  /** A request leaves: its first byte must come within `firstByteTimeoutMs`. */
  requestSent(): void;
  /** Something came: the next must come within `idleTimeoutMs`. */
  dataReceived(): void;
  /** Nothing is being waited for. */
  dataComplete(): void;
  connectionLost(cause: unknown): void;
}

export type CallEnd =
  | { readonly kind: "aborted" }
  | { readonly kind: "silent"; readonly limitMs: number; readonly answering: boolean }
  | { readonly kind: "lost"; readonly cause: unknown; readonly answering: boolean };

export interface CallLimits {
  readonly signal: AbortSignal;
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

export function watchCall(limits: CallLimits): CallWatch {
  const controller = new AbortController();
  let end: CallEnd | undefined;
  let answering = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const finish = (cause: CallEnd): void => {
    clearTimeout(timer);
    end ??= cause;
    controller.abort();
  };
  const expectWithin = (limitMs: number): void => {
    clearTimeout(timer);
    if (end !== undefined) return;
    timer = setTimeout(() => finish({ kind: "silent", limitMs, answering }), limitMs);
  };
  const abort = (): void => finish({ kind: "aborted" });
  limits.signal.addEventListener("abort", abort, { once: true });
  if (limits.signal.aborted) abort();

  return {
    signal: controller.signal,
    get end() {
      return end;
    },
    requestSent: () => {
      answering = false;
      expectWithin(limits.firstByteTimeoutMs);
    },
    dataReceived: () => {
      answering = true;
      expectWithin(limits.idleTimeoutMs);
    },
    dataComplete: () => clearTimeout(timer),
    connectionLost: (cause) => {
      clearTimeout(timer);
      end ??= { kind: "lost", cause, answering };
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      limits.signal.removeEventListener("abort", abort);
      controller.abort();
    },
  };
}
