import { version as packageVersion } from "../../package.json";

/** Replaced by `bun build --define`; not declared at all when run from the sources. */
declare const STIGMER_VERSION: string | undefined;
declare const STIGMER_BUILD_ID: string | undefined;

/** The version people see, as in `1.2.3`. */
export const version: string =
  typeof STIGMER_VERSION === "string" ? STIGMER_VERSION : packageVersion;

/**
 * Names exactly one build: a daemon and its runners only work together when theirs are equal.
 * `development` when run from the sources.
 */
export const buildId: string =
  typeof STIGMER_BUILD_ID === "string" ? STIGMER_BUILD_ID : "development";
