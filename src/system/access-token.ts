import { randomBytes, timingSafeEqual } from "node:crypto";
import { StigmerError } from "../contract/errors.ts";
import { createPrivateFile, readPrivateFile, replacePrivateFile } from "./private-file.ts";

/** 32 random bytes as base64url. */
const tokenPattern = /^[\w-]{43}$/;

/**
 * The bearer token of the user, made on first use; of several makers at once all get the same.
 * @throws StigmerError permission-denied when another user could know it; failed-precondition when
 *   the file holds something else
 */
export function openAccessToken(path: string): string {
  const existing = readAccessToken(path);
  if (existing !== undefined) return existing;
  createPrivateFile(path, `${newToken()}\n`);
  const created = readAccessToken(path);
  if (created === undefined) throw notAToken(path);
  return created;
}

/**
 * The token, or undefined when none was made yet.
 * @throws StigmerError as {@link openAccessToken}
 */
export function readAccessToken(path: string): string | undefined {
  const token = readPrivateFile(path)?.trim();
  if (token !== undefined && !tokenPattern.test(token)) throw notAToken(path);
  return token;
}

/**
 * Replaces the token; whoever held the old one is refused as soon as the daemon reads the new one.
 * @throws StigmerError when the file cannot be written
 */
export function rotateAccessToken(path: string): string {
  const token = newToken();
  replacePrivateFile(path, `${token}\n`);
  return token;
}

/** Compares in a time that tells nothing about where the two differ. */
export function isSameToken(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function newToken(): string {
  return randomBytes(32).toString("base64url");
}

function notAToken(path: string): StigmerError {
  return new StigmerError("failed-precondition", `${path} holds no access token`, {
    hint: "stigmer local token --rotate",
  });
}
