/** Waits for a signal of any topic. No signal has it as its own. */
export const anyTopic = "*";

/** Whether what waits for one topic is woken by a signal of another. */
export function isAwaited(waitTopic: string | null, topic: string): boolean {
  return waitTopic === topic || waitTopic === anyTopic;
}
