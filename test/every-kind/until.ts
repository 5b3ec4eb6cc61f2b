const deadlineMs = 30_000;
const intervalMs = 10;

/** Asks until the answer is there: for what nobody announces, as the end of a process. */
export async function until<T>(ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > giveUpAt)
      throw new Error(`not within ${deadlineMs} ms: ${ask.toString()}`);
    await Bun.sleep(intervalMs);
  }
}
