import type { Socket } from "node:net";

/** What every HTTP/2 connection starts with. Source: RFC 9113, section 3.4. */
const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

const refusal = "This port speaks gRPC over HTTP/2 and nothing else.\n";
const http1Answer = [
  "HTTP/1.1 505 HTTP Version Not Supported",
  "Content-Type: text/plain; charset=utf-8",
  `Content-Length: ${refusal.length}`,
  "Connection: close",
  "",
  refusal,
].join("\r\n");

/**
 * Waits until a client has said that it speaks HTTP/2. Whoever speaks HTTP/1.1 gets a short answer,
 * whoever says something else or nothing is cut off.
 * @returns the bytes read so far, with the connection paused; undefined when it was refused
 */
export async function readPreface(
  connection: Socket,
  timeoutMs: number,
): Promise<Buffer | undefined> {
  const timer = setTimeout(() => connection.destroy(), timeoutMs);
  try {
    const start = await readStart(connection);
    if (start === undefined) return undefined;
    if (start.subarray(0, preface.length).equals(preface)) return start;
    if (/^[A-Z]+ /.test(start.toString("latin1"))) connection.end(http1Answer);
    else connection.destroy();
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Everything up to the first difference from the preface, or at least the whole of it. */
function readStart(connection: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    let start = Buffer.alloc(0);
    const settle = (result: Buffer | undefined): void => {
      connection.off("data", read).off("close", close);
      connection.pause();
      resolve(result);
    };
    const close = (): void => settle(undefined);
    const read = (chunk: Buffer): void => {
      start = Buffer.concat([start, chunk]);
      const known = Math.min(start.length, preface.length);
      const isSameSoFar = start.subarray(0, known).equals(preface.subarray(0, known));
      if (!isSameSoFar || known === preface.length) settle(start);
    };
    connection.on("data", read).once("close", close);
    connection.resume();
  });
}
