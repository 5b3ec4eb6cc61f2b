/** Model providers take `[A-Za-z0-9_-]` and at most this many characters in a tool's name. */
const maxLength = 64;

/** `server__tool` as a model sees it; what does not fit is cut and told apart by a hash. */
export function offeredName(server: string, tool: string): string {
  const name = `${server}__${tool}`;
  const safe = name.replaceAll(/[^A-Za-z0-9_-]/g, "_");
  if (safe === name && name.length <= maxLength) return name;
  const hash = Bun.hash.crc32(name).toString(36);
  return `${safe.slice(0, maxLength - hash.length - 1)}_${hash}`;
}

/** What the offered names of a server's tools have in common. */
export function offeredPrefix(server: string): string {
  return `${server}__`.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, maxLength / 2);
}
