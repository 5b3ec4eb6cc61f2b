import { StigmerError } from "../../../contract/errors.ts";

/** What a promise fails with. Awaited before anything is asserted: `expect(call).rejects` can hang. */
export async function failureOf(outcome: Promise<unknown>): Promise<StigmerError> {
  try {
    await outcome;
  } catch (thrown) {
    if (thrown instanceof StigmerError) return thrown;
    throw thrown;
  }
  throw new Error("it did not fail");
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Why a call was ended, once it is. */
export function reasonOf(signal: AbortSignal): Promise<StigmerError> {
  return new Promise((resolve) => {
    const settle = (): void => resolve(signal.reason as StigmerError);
    if (signal.aborted) settle();
    else signal.addEventListener("abort", settle, { once: true });
  });
}
