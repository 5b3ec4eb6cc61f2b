import { readFileSync, writeFileSync } from "node:fs";
import type { Store } from "../store.ts";
import type { TemporaryStore } from "./temporary-store.ts";

/** Changes one byte inside a text in the closed database file, and opens it again. */
export async function damage(temporary: TemporaryStore, text: string): Promise<Store> {
  await temporary.close();
  const content = readFileSync(temporary.file);
  const at = content.indexOf(text);
  if (at < 0) throw new Error(`the database does not hold "${text}"`);
  content[at] = (content[at] ?? 0) ^ 0x20;
  writeFileSync(temporary.file, content);
  return temporary.reopen();
}
