import { expect, test } from "bun:test";
import { EventEmitter } from "node:events";
import { StigmerError } from "../../contract/errors.ts";
import { CallRegistry } from "./call-registry.ts";

/** A call as the transport hands it over, before anything happened to it. */
class NewCall extends EventEmitter {
  readonly cancelled = false;

  getDeadline(): number {
    return Infinity;
  }
}

test("a call that was on its way when the daemon stopped is refused as retryable", () => {
  const calls = new CallRegistry();
  calls.stop();
  let thrown: unknown;
  try {
    calls.open({ call: new NewCall(), defaultTimeoutMs: undefined });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(StigmerError);
  expect((thrown as StigmerError).code).toBe("unavailable");
});
