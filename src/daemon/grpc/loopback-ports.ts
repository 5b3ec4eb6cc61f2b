import type { Socket } from "node:net";
import { messageOf } from "../../contract/errors.ts";
import { systemCodeOf } from "../../system/file-error.ts";
import { listen, type Listener } from "./listener.ts";
import { describePortHolder } from "../../system/port-holder.ts";

export interface LoopbackPortsOptions {
  /** 0 takes any that is free, the same for all hosts when there is one. */
  readonly port: number;
  /** Loopback addresses, the most wanted first. */
  readonly hosts: readonly string[];
}

export interface LoopbackPorts {
  readonly listeners: readonly Listener[];
  /** `127.0.0.1:50051`, `[::1]:50051`: what could be had. */
  readonly addresses: readonly string[];
  /** A sentence for each that could not. */
  readonly warnings: readonly string[];
}

/** How often a free port is drawn anew that another family has in use. */
const drawsOfFreePort = 5;

/** Listens on every host that can be had. Never fails: a daemon without TCP still has its socket. */
export async function listenOnLoopback(
  { port, hosts }: LoopbackPortsOptions,
  accept: (connection: Socket) => void,
): Promise<LoopbackPorts> {
  if (port !== 0) return await listenOnAll(hosts, port, accept);
  for (let draw = 1; ; draw += 1) {
    const drawn = await listenOnAll(hosts, 0, accept);
    if (!drawn.isPortTaken || draw === drawsOfFreePort) return drawn;
    for (const listener of drawn.listeners) listener.close();
  }
}

async function listenOnAll(
  hosts: readonly string[],
  wantedPort: number,
  accept: (connection: Socket) => void,
): Promise<LoopbackPorts & { readonly isPortTaken: boolean }> {
  const listeners: Listener[] = [];
  const addresses: string[] = [];
  const warnings: string[] = [];
  let isPortTaken = false;
  for (const host of hosts) {
    const port = listeners[0]?.port ?? wantedPort;
    try {
      const listener = await listen({ host, port }, accept);
      listeners.push(listener);
      addresses.push(authority(host, listener.port));
    } catch (cause) {
      isPortTaken ||= systemCodeOf(cause) === "EADDRINUSE";
      warnings.push(await describeFailure(host, port, cause));
    }
  }
  return { listeners, addresses, warnings, isPortTaken };
}

function authority(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

async function describeFailure(host: string, port: number, cause: unknown): Promise<string> {
  const address = authority(host, port);
  switch (systemCodeOf(cause)) {
    case "EADDRINUSE":
      return `${address} is taken by ${await describePortHolder(host, port)}; choose another port`;
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return `${address} is not served: this machine has no address ${host}`;
    case "EACCES":
      return `${address} is not served: ports below 1024 need privileges; choose another port`;
    default:
      return `${address} is not served: ${messageOf(cause)}`;
  }
}
