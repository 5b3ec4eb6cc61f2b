const decimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const special = /^([-+]?)(nan|inf|infinity)$/i;

/** A number as jq reads it in JSON and in `tonumber`; undefined when the text is none. */
export function parseNumber(text: string): number | undefined {
  if (decimal.test(text)) return finite(Number(text));
  const found = special.exec(text);
  if (!found) return undefined;
  if (found[2]?.toLowerCase() === "nan") return Number.NaN;
  return found[1] === "-" ? -Infinity : Infinity;
}

/** A literal beyond the range of a double is the largest one. */
function finite(value: number): number {
  if (value === Infinity) return Number.MAX_VALUE;
  return value === -Infinity ? -Number.MAX_VALUE : value;
}
