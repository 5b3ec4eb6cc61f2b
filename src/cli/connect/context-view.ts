import type { ContextRecord } from "./context-record.ts";
import { localContext } from "./context-record.ts";
import type { View } from "../output/output.ts";

/** A context as a person sees it. */
export interface ShownContext extends Omit<ContextRecord, "usesToken" | "allowClearText"> {
  readonly current: boolean;
  readonly authentication: "none" | "token" | "certificate" | "token and certificate";
}

export function shownContext(record: ContextRecord, current: string): ShownContext {
  const { usesToken, allowClearText: _, ...shown } = record;
  const isCertified = record.clientCert !== undefined;
  const authentication = isCertified
    ? usesToken
      ? "token and certificate"
      : "certificate"
    : usesToken
      ? "token"
      : "none";
  return { ...shown, current: record.name === current, authentication };
}

/** The daemon of this machine, which has no record. */
export function shownLocal(home: string, current: string): ShownContext {
  const name = localContext;
  return { name, server: home, current: current === name, authentication: "none" };
}

export const contextView: View<ShownContext> = {
  columns: [
    { title: "CURRENT", value: ({ current }) => (current ? "*" : "") },
    { title: "NAME", value: ({ name }) => name },
    { title: "SERVER", value: ({ server }) => server, flexible: true },
    { title: "AUTHENTICATION", value: ({ authentication }) => authentication },
    { title: "ORGANISATION", value: ({ organization = "" }) => organization },
    { title: "CA FILE", value: ({ caFile = "" }) => caFile, wide: true },
    { title: "CLIENT CERTIFICATE", value: ({ clientCert = "" }) => clientCert, wide: true },
  ],
  name: ({ name }) => name,
  json: (context) => ({ ...context }),
};
