import type { ReadBy } from "../reading/reading.ts";
import { mapOf, required } from "../reading/map-readers.ts";

import { mapped, textOr } from "../reading/value-readers.ts";
import { duration } from "./duration.ts";
import { useName } from "./use-names.ts";

/** A limit that is written here: what `use.timeouts` holds. */
export const timeoutPolicy = mapOf({ after: required(duration) });

/** A limit, or the name of one in `use.timeouts`. */
export const timeout = textOr(
  mapped(useName("timeouts"), (name) => ({ kind: "named", name }) as const),
  mapped(timeoutPolicy, ({ after }) => ({ kind: "written", after }) as const),
);
export type Timeout = ReadBy<typeof timeout>;
