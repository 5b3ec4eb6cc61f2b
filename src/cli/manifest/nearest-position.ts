const lastStep = /(?:\.?[^.[\]]+|\[(?:\d+|"(?:[^"\\]|\\.)*")\])$/;

/** Where the value at a path stands, or the nearest one around it that is written. */
export function nearestPosition(
  positions: ReadonlyMap<string, string>,
  path: string,
): string | undefined {
  for (let at = path; at !== ""; at = at.replace(lastStep, "")) {
    const found = positions.get(at);
    if (found !== undefined) return found;
    if (!lastStep.test(at)) break;
  }
  return undefined;
}
