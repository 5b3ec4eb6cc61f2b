import { StigmerError } from "../../contract/errors.ts";

/** What is kept of a server, apart from the token. */
export interface ContextRecord {
  readonly name: string;
  /** `https://host[:port]`, or `http://…` as it was agreed to at login. */
  readonly server: string;
  /** A token of it lies in the secret store, unless the user logged out. */
  readonly usesToken: boolean;
  /** PEM files, by absolute path. */
  readonly caFile?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly organization?: string;
  /** The user said that the token may travel in clear text to another machine. */
  readonly allowClearText?: true;
}

/** The daemon of this machine's data folder: always there. */
export const localContext = "local";

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** @throws StigmerError `usage` */
export function checkContextName(name: string): void {
  if (name === localContext) {
    throw new StigmerError("usage", "local is the daemon of this machine, not a server.", {
      hint: "choose another name: --name NAME",
    });
  }
  if (namePattern.test(name)) return;
  throw new StigmerError("usage", `${JSON.stringify(name)} cannot be the name of a context.`, {
    hint: "use letters, digits, dots, dashes and underscores, at most 63",
  });
}

export function unknownContext(name: string): StigmerError {
  return new StigmerError("not-found", `There is no context ${JSON.stringify(name)}.`, {
    hint: "stigmer context list",
  });
}

/**
 * The contexts that a file holds.
 *
 * @param path only for the message.
 * @throws StigmerError `invalid-argument` when it is no file of ours.
 */
export function readContextRecords(document: unknown, path: string): ContextRecord[] {
  const contexts = document === null ? {} : fieldsOf(document)?.["contexts"];
  const entries = fieldsOf(contexts ?? {});
  const records = Object.entries(entries ?? {}).map(([name, value]) => recordOf(name, value));
  if (entries && records.every((record) => record !== undefined)) return records;
  throw new StigmerError("invalid-argument", `${path} holds something that is no context`, {
    hint: "mend it, or move it away and log in again: stigmer login SERVER",
  });
}

function recordOf(name: string, value: unknown): ContextRecord | undefined {
  const fields = fieldsOf(value);
  if (!fields || !namePattern.test(name) || name === localContext) return undefined;
  const { server, usesToken, allowClearText } = fields;
  if (typeof server !== "string" || typeof usesToken !== "boolean") return undefined;
  const texts = ["caFile", "clientCert", "clientKey", "organization"] as const;
  const given = texts.filter((field) => fields[field] !== undefined);
  if (given.some((field) => typeof fields[field] !== "string")) return undefined;
  return {
    name,
    server,
    usesToken,
    ...Object.fromEntries(given.map((field) => [field, fields[field]])),
    ...(allowClearText === true ? { allowClearText } : {}),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  return isMap ? (value as Readonly<Record<string, unknown>>) : undefined;
}
