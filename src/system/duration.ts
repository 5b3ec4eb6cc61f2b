import { StigmerError } from "../contract/errors.ts";

const unitMs = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
type DurationUnit = keyof typeof unitMs;

/** The longest delay a JavaScript timer keeps (2^31-1 ms, about 24 days); longer ones fire at once. */
export const longestTimerMs = 2_147_483_647;

/**
 * Milliseconds of a duration as people write it: `250ms`, `10s`, `1.5h`, `1h30m`, `0`.
 *
 * A number without a unit is refused (except 0): nobody remembers whether it meant seconds.
 * @throws StigmerError invalid-argument
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (trimmed === "0") return 0;
  const parts = [...trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/gy)];
  const matched = parts.reduce((length, part) => length + part[0].length, 0);
  if (parts.length === 0 || matched !== trimmed.length) throw notADuration(text);
  const total = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * unitMs[unit as DurationUnit],
    0,
  );
  if (!Number.isSafeInteger(Math.round(total))) throw notADuration(text);
  return Math.round(total);
}

/** The shortest form that {@link parseDuration} reads back to the same number of milliseconds. */
export function formatDuration(durationMs: number): string {
  let rest = Math.round(durationMs);
  if (rest === 0) return "0s";
  let text = "";
  for (const [unit, size] of Object.entries(unitMs)) {
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return text;
}

function notADuration(text: string): StigmerError {
  return new StigmerError("invalid-argument", `${JSON.stringify(text)} is not a duration`, {
    hint: "write a number with a unit (ms, s, m, h, d), for example 250ms, 10s or 1h30m",
  });
}
