const units = [
  ["D", 86_400_000],
  ["H", 3_600_000],
  ["M", 60_000],
] as const;

/** Milliseconds as ISO 8601: `PT0S`, `P30D`, `PT1H30M`, `PT0.5S`. */
export function isoDuration(ms: number): string {
  let rest = ms;
  const [days, hours, minutes] = units.map(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    return count === 0 ? "" : `${count}${unit}`;
  });
  const seconds = rest === 0 ? "" : `${rest / 1_000}S`;
  const time = `${hours}${minutes}${seconds}`;
  if (days === "" && time === "") return "PT0S";
  return `P${days}${time === "" ? "" : `T${time}`}`;
}
