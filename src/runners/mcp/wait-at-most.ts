/** Waits until a promise resolves, but no longer than `timeoutMs`; leaves no timer behind. */
export async function waitAtMost(promise: Promise<unknown>, timeoutMs: number): Promise<void> {
  const elapsed = Promise.withResolvers<void>();
  const timer = setTimeout(elapsed.resolve, timeoutMs);
  try {
    await Promise.race([promise, elapsed.promise]);
  } finally {
    clearTimeout(timer);
  }
}
