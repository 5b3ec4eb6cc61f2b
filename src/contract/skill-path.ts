const maxSegmentBytes = 255;

/**
 * What is wrong with the path of a file inside a skill; undefined for a good one. A good one is
 * relative, made of names joined by single slashes, and means the same file on every system.
 */
export function skillPathProblem(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "is absolute";
  if (path.includes("\\")) return "holds a backslash";
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return "holds a control character";
  if (!path.isWellFormed()) return "is no text";
  const segments = path.split("/");
  if (segments.includes("..")) return 'leads out of the skill with ".."';
  if (segments.some((segment) => segment === "" || segment === ".")) return "has an empty part";
  const isLong = segments.some((segment) => Buffer.byteLength(segment) > maxSegmentBytes);
  return isLong ? `has a name of more than ${maxSegmentBytes} bytes` : undefined;
}
