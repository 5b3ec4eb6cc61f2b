import type { CallContext } from "../handlers.ts";

/** A handler that says when it was called and then never answers. */
export function hangingHandler(): {
  readonly started: Promise<CallContext>;
  readonly handle: (request: unknown, context: CallContext) => Promise<object>;
} {
  const { promise: started, resolve } = Promise.withResolvers<CallContext>();
  const handle = (_: unknown, context: CallContext): Promise<object> => {
    resolve(context);
    return new Promise(() => {});
  };
  return { started, handle };
}
