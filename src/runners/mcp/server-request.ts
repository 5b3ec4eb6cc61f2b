import type { Client } from "@modelcontextprotocol/client";
import type { Json } from "../../contract/json.ts";
import type { RequestLimits } from "./interruption.ts";

export interface ServerRequest {
  readonly method: ServerMethod;
  readonly parameters: { readonly [name: string]: Json };
}

type Send = (client: Client, parameters: never, limits: RequestLimits) => Promise<unknown>;

const senders = {
  "tools/list": (client, _, limits) => client.listTools(undefined, limits),
  "tools/call": (client, parameters: { name: string }, limits) =>
    client.callTool(parameters, limits),
  "resources/list": (client, _, limits) => client.listResources(undefined, limits),
  "resources/templates/list": (client, _, limits) =>
    client.listResourceTemplates(undefined, limits),
  "resources/read": (client, parameters: { uri: string }, limits) =>
    client.readResource(parameters, limits),
  "prompts/list": (client, _, limits) => client.listPrompts(undefined, limits),
  "prompts/get": (client, parameters: { name: string }, limits) =>
    client.getPrompt(parameters, limits),
} as const satisfies Readonly<Record<string, Send>>;

export type ServerMethod = keyof typeof senders;

/** What a server can be asked by name. */
export const serverMethods = Object.keys(senders) as readonly ServerMethod[];

export function isServerMethod(name: string): name is ServerMethod {
  return Object.hasOwn(senders, name);
}

/** Sends one request as it is written; what is wrong with it the server says. */
export function sendRequest(
  client: Client,
  { method, parameters }: ServerRequest,
  limits: RequestLimits,
): Promise<unknown> {
  return (senders[method] as Send)(client, parameters as never, limits);
}

/** The JSON-RPC error that a server answered with; undefined for any other failure. */
export async function refusalOf(
  thrown: unknown,
): Promise<{ readonly code: number; readonly message: string } | undefined> {
  const { ProtocolError } = await import("@modelcontextprotocol/client");
  return ProtocolError.isInstance(thrown) ? thrown : undefined;
}
