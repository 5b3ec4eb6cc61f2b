import type { Sandbox } from "./sandbox.ts";

/** One promise of the built binary. It throws when the promise is broken. */
export interface BinaryCheck {
  readonly name: string;
  /** @returns why it could not be looked at on this machine, or nothing. */
  run(sandbox: Sandbox): Promise<string | undefined>;
}

export type CheckedPromise =
  | { readonly kind: "held"; readonly name: string }
  | { readonly kind: "failed"; readonly name: string; readonly reason: string }
  | { readonly kind: "skipped"; readonly name: string; readonly reason: string };

/** A check that runs everywhere. */
export function check(name: string, run: (sandbox: Sandbox) => Promise<void>): BinaryCheck {
  return {
    name,
    run: async (sandbox) => {
      await run(sandbox);
      return undefined;
    },
  };
}
