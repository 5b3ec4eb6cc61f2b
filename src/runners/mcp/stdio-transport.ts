import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { finished } from "node:stream/promises";
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/client";
import { endProcessGroup } from "../../system/process-group.ts";
import { JsonLines } from "./json-lines.ts";
import { OutputTail } from "./output-tail.ts";
import { printableText } from "./printable-text.ts";
import { maxMessageBytes } from "./server-definition.ts";
import { waitAtMost } from "./wait-at-most.ts";

export interface ChildCommand {
  /** The absolute path of the executable. */
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** What is known of the child when something went wrong. */
export interface ChildReport {
  readonly exit: { readonly code: number | null; readonly signal: string | null } | undefined;
  /** The end of what it wrote to stderr, printable, about 4 KB. */
  readonly stderr: string;
  /** The first line on stdout that was no message, printable. */
  readonly noise: string | undefined;
  /** Why we gave the connection up, where it was us. */
  readonly failure: Error | undefined;
}

const stderrTailBytes = 4096;
const noiseCharacters = 200;
/** How long a server may take to leave by itself once its stdin has ended. */
const endOfInputMs = 500;
const groupGrace = { termMs: 1000, killMs: 500 };
/** For what is still in the pipes, which a grandchild may keep open, and for the exit's notice. */
const drainMs = 200;

/**
 * JSON-RPC over the standard streams of a child process. Unlike the SDK's own transport it ends
 * the whole process group, hands the child nothing but the given environment, and remembers why
 * the child failed.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  readonly #command: ChildCommand;
  readonly #lines = new JsonLines(maxMessageBytes);
  readonly #stderr = new OutputTail(stderrTailBytes);
  readonly #exited = Promise.withResolvers<void>();
  #drained: Promise<unknown> = Promise.resolve();
  #child: ChildProcess | undefined;
  #ending: Promise<void> | undefined;
  #noise: string | undefined;
  #failure: Error | undefined;

  constructor(command: ChildCommand) {
    this.#command = command;
  }

  /** The child's id, and that of its process group, while it runs. */
  get pid(): number | undefined {
    return this.#hasExited() ? undefined : this.#child?.pid;
  }

  report(): ChildReport {
    const { exitCode = null, signalCode = null } = this.#child ?? {};
    return {
      exit: this.#hasExited() ? { code: exitCode, signal: signalCode } : undefined,
      stderr: this.#stderr.toString(),
      noise: this.#noise,
      failure: this.#failure,
    };
  }

  /** Starts the child. Rejects with the system's error when that is not possible. */
  async start(): Promise<void> {
    const { path, args, cwd, env } = this.#command;
    // A group of its own, so that one signal reaches everything it starts.
    const child = spawn(path, args, { cwd, env, detached: true, stdio: "pipe" });
    this.#child = child;
    child.stdout.on("data", (chunk: Buffer) => this.#receive(chunk));
    child.stderr.on("data", (chunk: Buffer) => this.#stderr.push(chunk));
    child.stdin.on("error", (error) => this.onerror?.(error));
    this.#drained = Promise.allSettled([finished(child.stdout), finished(child.stderr)]);
    child.once("exit", () => {
      this.#exited.resolve();
      void this.close();
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
  }

  /** Resolves when the system took the message, which is not when the server read it. */
  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#child?.stdin;
    if (!stdin?.writable) throw new Error("the server's stdin is closed");
    await new Promise<void>((resolve, reject) => {
      stdin.write(`${JSON.stringify(message)}\n`, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /**
   * Ends the child and everything in its process group: end of input, SIGTERM, SIGKILL. Takes at
   * most about two seconds. The same promise for every caller; also runs when the child ends.
   */
  close(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child?.pid !== undefined) {
      child.stdin?.end();
      await waitAtMost(this.#exited.promise, endOfInputMs);
      // Also when the child itself is gone: a wrapper such as npx may leave its server behind.
      await Promise.all([
        endProcessGroup(child.pid, groupGrace),
        waitAtMost(this.#drained, drainMs),
      ]);
      await waitAtMost(this.#exited.promise, drainMs);
      child.stdin?.destroy();
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
    this.onclose?.();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const line of this.#lines.push(chunk)) this.#receiveLine(line);
    } catch (error) {
      this.#failure = error as RangeError;
      void this.close();
    }
  }

  /** Many servers greet on stdout; such a line is kept for the error, should the greeting be all. */
  #receiveLine(line: string): void {
    if (line.trim() === "") return;
    const message = parseMessage(line);
    if (message !== undefined) {
      this.onmessage?.(message);
      return;
    }
    const text = printableText(line).slice(0, noiseCharacters);
    this.#noise ??= text;
    this.onerror?.(new Error(`not a JSON-RPC message: ${text}`));
  }

  #hasExited(): boolean {
    const child = this.#child;
    return child !== undefined && (child.exitCode !== null || child.signalCode !== null);
  }
}

/** Shape and ids are checked by the protocol layer; here only messages are told from noise. */
function parseMessage(line: string): JSONRPCMessage | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isMessage = typeof value === "object" && value !== null && "jsonrpc" in value;
    return isMessage ? (value as JSONRPCMessage) : undefined;
  } catch {
    return undefined;
  }
}
