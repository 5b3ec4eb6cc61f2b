import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Channel, DuplexCall } from "../contract/channel.ts";
import {
  type AppendResult,
  type AppendSchema,
  type DaemonMessage,
  type DaemonMessageSchema,
  RunnerController,
  type RunnerMessageSchema,
} from "../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { LeaseLost } from "./durable/release.ts";

type RunnerMessageInit = MessageInitShape<typeof RunnerMessageSchema>;

/** The stream between a runner and its daemon: messages leave in order, appends are answered in order. */
export class DaemonLink {
  readonly channel: Channel;
  readonly #call: DuplexCall<typeof RunnerMessageSchema, typeof DaemonMessageSchema>;
  readonly #appends: PromiseWithResolvers<AppendResult>[] = [];
  #lost: LeaseLost | undefined;

  constructor(channel: Channel) {
    this.channel = channel;
    this.#call = channel.duplex(RunnerController.method.work);
  }

  /** What the daemon says, but for the answers to appends. Ends when the stream does. */
  async *messages(): AsyncGenerator<DaemonMessage["message"], void, undefined> {
    try {
      for await (const { message } of this.#call) {
        if (message.case === "appendResult") this.#appends.shift()?.resolve(message.value);
        else yield message;
      }
    } finally {
      this.#lose("the stream to the daemon ended");
    }
  }

  send(message: RunnerMessageInit["message"]): void {
    if (message === undefined || this.#lost !== undefined) return;
    this.#call.write({ message }).catch((error: unknown) => this.#lose(String(error)));
  }

  append(value: MessageInitShape<typeof AppendSchema>): Promise<AppendResult> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const answer = Promise.withResolvers<AppendResult>();
    this.#appends.push(answer);
    this.send({ case: "append", value });
    return answer.promise;
  }

  end(): void {
    this.#call.end();
  }

  #lose(reason: string): void {
    this.#lost ??= new LeaseLost(reason);
    for (const append of this.#appends.splice(0)) append.reject(this.#lost);
  }
}
