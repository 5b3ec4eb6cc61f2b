import { StigmerError } from "../contract/errors.ts";

/**
 * Runs checks that do not depend on one another.
 *
 * @throws StigmerError of a single failing check as it is; of several, all that they found as one
 */
export function checkAll(checks: readonly (() => void)[]): void {
  const errors = checks.flatMap((check) => failureOf(check) ?? []);
  const [first, ...others] = errors;
  if (!first) return;
  if (others.length === 0) throw first;
  throw new StigmerError(first.code, errors.map(({ message }) => message).join("; "), {
    violations: errors.flatMap(({ violations }) => violations),
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    cause: first,
  });
}

function failureOf(check: () => void): StigmerError | undefined {
  try {
    check();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof StigmerError) return thrown;
    throw thrown;
  }
}
