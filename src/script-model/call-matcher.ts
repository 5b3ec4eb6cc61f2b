import type { ScriptToolCall } from "./script-request.ts";

/** Gives calls and results the same ids on wires that may leave them out: by name, in order. */
export class CallMatcher {
  #open: ScriptToolCall[] = [];
  #count = 0;

  /** Registers a call. A wire without ids gets `unnamed_N`. */
  call(name: string, args: unknown, id?: string): ScriptToolCall {
    const call = {
      id: id ?? `unnamed_${this.#count}`,
      name,
      arguments: typeof args === "string" ? args : JSON.stringify(args ?? {}),
    };
    this.#count += 1;
    this.#open.push(call);
    return call;
  }

  /** @returns the id of the call that a result answers, or an id that no call has. */
  result(name: string | undefined, id?: string): string {
    if (id !== undefined) return id;
    const answered = this.#open.find((call) => name === undefined || call.name === name);
    this.#open = this.#open.filter((call) => call !== answered);
    return answered?.id ?? `unmatched_${name ?? ""}`;
  }
}
