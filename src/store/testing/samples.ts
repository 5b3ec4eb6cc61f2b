import { StigmerError } from "../../contract/errors.ts";
import type { NewResource } from "../operations/create-resource.ts";
import type { NewExecution } from "../operations/execution-operations.ts";

export const agentKind = 43;
export const sessionKind = 45;
export const executionKind = 44;

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An agent whose slug, name and body follow from its id. */
export function newAgent(id: string, changes: Partial<NewResource> = {}): NewResource {
  return {
    kind: agentKind,
    id,
    org: "local",
    slug: `slug-of-${id}`,
    name: `Name of ${id}`,
    createdAt: 1000,
    body: bytes(`body of ${id}`),
    ...changes,
  };
}

export function newExecution(
  id: string,
  createdAt: number,
  changes: Partial<NewExecution> = {},
): NewExecution {
  return { resource: newAgent(id, { kind: executionKind, slug: null, createdAt }), ...changes };
}

/** What a promise is rejected with; fails when it is not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<StigmerError> {
  const outcome = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (outcome instanceof StigmerError) return outcome;
  throw new Error(`expected a StigmerError, got ${String(outcome)}`);
}

/** What a call throws; fails when it does not. */
export function errorOf(call: () => unknown): StigmerError {
  try {
    call();
  } catch (thrown) {
    if (thrown instanceof StigmerError) return thrown;
    throw thrown;
  }
  throw new Error("expected a StigmerError, got a result");
}
