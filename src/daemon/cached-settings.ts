import { statSync } from "node:fs";
import type { Variables } from "../system/environment.ts";
import { readSettings, type Settings } from "../system/settings.ts";

/** Settings as they are now: the file is read again only when it changed. */
export function cachedSettings(file: string, variables: Variables): () => Promise<Settings> {
  let stamp: string | undefined;
  let current: Promise<Settings> | undefined;
  return () => {
    const now = stampOf(file);
    if (current === undefined || now !== stamp) {
      stamp = now;
      current = readSettings({ file, variables });
    }
    return current;
  };
}

/** Settings are replaced by renaming a new file over the old one: its inode changes with it. */
function stampOf(file: string): string {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.ino}/${stat.mtimeNs}/${stat.size}`;
}
