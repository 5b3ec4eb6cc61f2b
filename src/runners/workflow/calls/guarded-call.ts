import { type ErrorCode, messageOf, StigmerError } from "../../../contract/errors.ts";
import type { Json } from "../../../contract/json.ts";
import type { StandardError } from "../../../workflow/definition/error.ts";
import { ExpressionError } from "../../../workflow/expression/expression.ts";
import { WorkflowFailure, standardFailure } from "../workflow-failure.ts";
import type { CallPlace } from "../workflow-host.ts";
import type { CallHost } from "./call-host.ts";
import { KnownSecrets } from "./known-secrets.ts";

/** A call while it runs. */
export interface RunningCall extends CallPlace {
  readonly host: CallHost;
  readonly secrets: KnownSecrets;
}

/**
 * Runs a call so that every failure is a {@link WorkflowFailure} and neither that nor the result has
 * a value of a secret in it. An abort is thrown as it is: what ended the call says what it means.
 */
export async function guardedCall(
  place: CallPlace,
  host: CallHost,
  run: (call: RunningCall) => Promise<Json>,
): Promise<Json> {
  const secrets = new KnownSecrets();
  secrets.add(place.scope.variables["secrets"]);
  secrets.add(place.scope.variables["secret"]);
  try {
    place.effect.signal.throwIfAborted();
    return secrets.redact(await run({ ...place, host, secrets }));
  } catch (thrown) {
    const { signal } = place.effect;
    if (signal.aborted) throw signal.reason instanceof Error ? signal.reason : thrown;
    throw new WorkflowFailure(secrets.redactMessages({ ...toFailure(thrown).error }));
  }
}

function toFailure(thrown: unknown): WorkflowFailure {
  if (thrown instanceof WorkflowFailure) return thrown;
  if (thrown instanceof ExpressionError) return standardFailure("expression", thrown.message);
  if (!(thrown instanceof StigmerError)) return standardFailure("runtime", messageOf(thrown));
  const { code, message, hint } = thrown;
  const detail = hint === undefined ? message : `${message}. ${hint}`;
  return standardFailure(errorOfCode[code] ?? "communication", detail);
}

/** What is not here came from the other side, or from the way there. */
const errorOfCode: Readonly<Partial<Record<ErrorCode, StandardError>>> = {
  usage: "configuration",
  "invalid-argument": "configuration",
  "not-found": "configuration",
  "failed-precondition": "configuration",
  refused: "authorization",
  unauthenticated: "authentication",
  "permission-denied": "authorization",
  "deadline-exceeded": "timeout",
  unimplemented: "configuration",
  internal: "runtime",
};
