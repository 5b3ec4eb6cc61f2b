import { bareExpression } from "../expression/expression-readers.ts";
import { mapOf, oneOfProperties, optional, required } from "../reading/map-readers.ts";
import type { ReadBy } from "../reading/reading.ts";
import { mapped, textOr, wholeNumber } from "../reading/value-readers.ts";
import { duration } from "./duration.ts";
import { useName } from "./use-names.ts";

const nothingMore = mapOf({});

const attemptLimit = mapOf(
  { count: optional(wholeNumber(1)), duration: optional(duration) },
  { max: "count", maxAttempts: "count" },
);

/** When and how often a task is tried again: what `use.retries` holds. */
export const retryPolicy = mapOf(
  {
    when: optional(bareExpression),
    exceptWhen: optional(bareExpression),
    delay: optional(duration),
    backoff: optional(
      oneOfProperties({ constant: nothingMore, linear: nothingMore, exponential: nothingMore }),
    ),
    limit: optional(mapOf({ attempt: optional(attemptLimit), duration: optional(duration) })),
    jitter: optional(mapOf({ from: required(duration), to: required(duration) })),
  },
  { maxAttempts: "limit", interval: "delay" },
);
export type RetryPolicy = ReadBy<typeof retryPolicy>;

/** A policy, or the name of one in `use.retries`. */
export const retry = textOr(
  mapped(useName("retries"), (name) => ({ kind: "named", name }) as const),
  mapped(retryPolicy, (policy) => ({ kind: "written", policy }) as const),
);
export type Retry = ReadBy<typeof retry>;
