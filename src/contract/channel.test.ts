import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { create } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import { Channel } from "./channel.ts";
import { StigmerError } from "./errors.ts";
import { AgentCommandController } from "./gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import {
  type ArtifactChunk,
  ArtifactChunkSchema,
  ArtifactReferenceSchema,
  RunnerController,
} from "./gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { AgentSchema } from "./gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import { serviceDefinition } from "./service-definition.ts";

/** Any server: what a channel does must not depend on ours. */
class ForeignServer {
  readonly #server = new grpc.Server();
  /** Metadata of the calls so far. */
  readonly seen: grpc.Metadata[] = [];
  /** Resolved by the server when a stream was cancelled. */
  cancelled = Promise.withResolvers<void>();
  /** Resolved by the server when it has a call that it never answers. */
  reached = Promise.withResolvers<void>();
  address = "";

  async start(): Promise<void> {
    this.#server.addService(serviceDefinition(AgentCommandController), {
      create: (
        call: grpc.ServerUnaryCall<unknown, unknown>,
        answer: grpc.sendUnaryData<unknown>,
      ) => {
        this.seen.push(call.metadata);
        answer(null, create(AgentSchema, { kind: "Agent" }));
      },
      delete: (_: unknown, answer: grpc.sendUnaryData<unknown>) => {
        answer({ code: grpc.status.NOT_FOUND, details: "no such agent" });
      },
      // Never answered.
      update: (call: grpc.ServerUnaryCall<unknown, unknown>) => {
        call.on("cancelled", () => this.cancelled.resolve());
        this.reached.resolve();
      },
    });
    this.#server.addService(serviceDefinition(RunnerController), {
      getArtifact: (call: grpc.ServerWritableStream<unknown, unknown>) => {
        call.on("cancelled", () => this.cancelled.resolve());
        for (const byte of [1, 2, 3]) {
          call.write(create(ArtifactChunkSchema, { data: new Uint8Array([byte]) }));
        }
        if (call.metadata.get("endless").length === 0) call.end();
      },
      putArtifact: (
        call: grpc.ServerReadableStream<ArtifactChunk, unknown>,
        answer: grpc.sendUnaryData<unknown>,
      ) => {
        let size = 0;
        call.on("error", () => {});
        call.on("data", ({ data }: ArtifactChunk) => {
          size += data.length;
          if (size > 100) answer({ code: grpc.status.RESOURCE_EXHAUSTED, details: "too much" });
        });
        call.on("end", () => answer(null, create(ArtifactReferenceSchema, { size: BigInt(size) })));
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      this.#server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    this.address = `127.0.0.1:${port}`;
  }

  stop(): void {
    this.#server.forceShutdown();
  }
}

const server = new ForeignServer();
let channel: Channel;
beforeAll(async () => {
  await server.start();
  channel = new Channel({ address: server.address, token: "secret" });
});
afterAll(() => {
  channel[Symbol.dispose]();
  server.stop();
});

const { create: createAgent, delete: deleteAgent, update } = AgentCommandController.method;
const { getArtifact, putArtifact } = RunnerController.method;

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
}

async function* chunks(...sizes: readonly number[]): AsyncGenerator<{ data: Uint8Array }> {
  for (const size of sizes) yield { data: new Uint8Array(size) };
}

describe("a call", () => {
  test("carries the token and metadata, of text and of bytes", async () => {
    const metadata = { "stigmer-request-id": "r-1", "some-bin": new Uint8Array([1, 2]) };
    expect(await channel.unary(createAgent, {}, { metadata })).toMatchObject({ kind: "Agent" });
    const seen = server.seen.at(-1)!;
    expect(seen.get("authorization")).toEqual(["Bearer secret"]);
    expect(seen.get("stigmer-request-id")).toEqual(["r-1"]);
    expect(seen.get("some-bin")).toEqual([Buffer.from([1, 2])]);
  });

  test("fails with an error of ours, whoever answers", async () => {
    const error = await failureOf(channel.unary(deleteAgent, {}));
    expect(error).toBeInstanceOf(StigmerError);
    expect(error).toMatchObject({ code: "not-found", message: "no such agent" });
  });

  test("to nobody is unavailable at once", async () => {
    using nobody = new Channel({ address: "unix:/nowhere/stigmer.sock" });
    const startedAt = performance.now();
    const error = await failureOf(nobody.unary(createAgent, {}));
    expect(error).toMatchObject({ code: "unavailable" });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test("ends at its time limit", async () => {
    const error = await failureOf(channel.unary(update, {}, { timeoutMs: 50 }));
    expect(error).toMatchObject({ code: "deadline-exceeded" });
  });

  test("ends when its signal aborts, and the server hears of it", async () => {
    server.cancelled = Promise.withResolvers();
    server.reached = Promise.withResolvers();
    const abort = new AbortController();
    const error = failureOf(channel.unary(update, {}, { signal: abort.signal }));
    await server.reached.promise;
    abort.abort();
    expect(await error).toMatchObject({ code: "cancelled" });
    await server.cancelled.promise;
    const aborted = channel.unary(createAgent, {}, { signal: AbortSignal.abort() });
    expect(await failureOf(aborted)).toMatchObject({ code: "cancelled" });
  });

  test("leaves nothing at a signal that outlives it", async () => {
    const abort = new AbortController();
    let listeners = 0;
    const { signal } = abort;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (
      listeners--,
      remove(...args)
    );
    await channel.unary(createAgent, {}, { signal });
    await Array.fromAsync(channel.serverStream(getArtifact, {}, { signal }));
    await channel.clientStream(putArtifact, chunks(1), { signal });
    expect(listeners).toBe(0);
  });
});

describe("a stream from the server", () => {
  test("is read to its end", async () => {
    const read = await Array.fromAsync(channel.serverStream(getArtifact, {}));
    expect(read.map(({ data }) => [...data])).toEqual([[1], [2], [3]]);
  });

  test("ends for the server too when its reader leaves", async () => {
    server.cancelled = Promise.withResolvers();
    const metadata = { endless: "yes" };
    for await (const { data } of channel.serverStream(getArtifact, {}, { metadata })) {
      expect([...data]).toEqual([1]);
      break;
    }
    await server.cancelled.promise;
  });

  test("ends when its signal aborts", async () => {
    const abort = new AbortController();
    const options = { metadata: { endless: "yes" }, signal: abort.signal };
    const read: number[] = [];
    const reading = (async () => {
      for await (const { data } of channel.serverStream(getArtifact, {}, options)) {
        read.push(...data);
        if (read.length === 3) abort.abort();
      }
    })();
    expect(await failureOf(reading)).toMatchObject({ code: "cancelled" });
  });
});

describe("a stream to the server", () => {
  test("is sent to its end", async () => {
    expect((await channel.clientStream(putArtifact, chunks(3, 4))).size).toBe(7n);
  });

  test("fails with what the server says in the middle of it", async () => {
    const many = chunks(...Array.from({ length: 200 }, () => 10));
    const error = await failureOf(channel.clientStream(putArtifact, many));
    expect(error).toMatchObject({ code: "resource-exhausted", message: "too much" });
  });

  test("fails with what broke its source", async () => {
    const broken = (async function* () {
      yield { data: new Uint8Array(1) };
      throw new Error("the disk is gone");
    })();
    expect(await failureOf(channel.clientStream(putArtifact, broken))).toMatchObject({
      message: "the disk is gone",
    });
  });
});
