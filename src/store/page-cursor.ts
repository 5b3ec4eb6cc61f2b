import { callerWords } from "../contract/caller-words.ts";
import { StigmerError } from "../contract/errors.ts";

/** The last row of a page. Rows do not move in the order, so a page starts where the one before ended. */
export interface PagePosition {
  readonly createdAt: number;
  readonly id: string;
}

export function encodeCursor({ createdAt, id }: PagePosition): string {
  return Buffer.from(JSON.stringify([createdAt, id])).toString("base64url");
}

/** Throws `invalid-argument` for anything that {@link encodeCursor} did not make. */
export function decodeCursor(cursor: string): PagePosition {
  const [createdAt, id] = parsed(cursor);
  if (typeof createdAt === "number" && typeof id === "string") return { createdAt, id };
  throw invalidCursor();
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(value) ? value : [];
  } catch {
    throw invalidCursor();
  }
}

function invalidCursor(): StigmerError {
  return new StigmerError("invalid-argument", "the page token is not one that a list gave out", {
    hint: `start the list again without one, or send ${callerWords.nextPage}`,
  });
}
