import { setTimeout as pause } from "node:timers/promises";

export interface StampingModelOptions {
  /** Answers that ask for the tool before the one that is text. */
  readonly toolTurns?: number;
  /** Between the head of an answer and its first text: time for a subscriber to come. */
  readonly firstTextAfterMs?: number;
}

/** Times of one answer, on the clock of `performance.now()` of this process. */
export interface AnswerTimes {
  /** The request was read. */
  readonly receivedAt: number;
  /** The first text was handed to the socket. */
  firstTextAt: number;
  /** So was the end. */
  endedAt: number;
}

/**
 * A model over HTTP, in the wire of OpenAI's chat completions, that notes when it said what. In the
 * process of the benchmark, so that there is one clock.
 */
export class StampingModel implements AsyncDisposable {
  readonly answers: AnswerTimes[] = [];
  readonly #options: StampingModelOptions;
  readonly #server: Bun.Server<undefined>;

  constructor(options: StampingModelOptions = {}) {
    this.#options = options;
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      idleTimeout: 0,
      fetch: (request) => this.#answer(request),
    });
  }

  get url(): string {
    return `${this.#server.url.origin}/v1`;
  }

  /** A `config.yaml` with which `openai-compatible/model` is this. */
  get config(): string {
    return `providers.openai-compatible.baseUrl: ${this.url}\n`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const body = (await request.json()) as ChatRequest;
    const times = { receivedAt: performance.now(), firstTextAt: 0, endedAt: 0 };
    this.answers.push(times);
    const headers = { "content-type": "text/event-stream" };
    return new Response(this.#write(body, times), { headers });
  }

  async *#write(body: ChatRequest, times: AnswerTimes): AsyncGenerator<string> {
    yield event({ role: "assistant", content: "" });
    const { toolTurns = 0, firstTextAfterMs = 0 } = this.#options;
    if (firstTextAfterMs > 0) await pause(firstTextAfterMs);
    const [tool] = body.tools ?? [];
    const question = body.messages.findLastIndex(({ role }) => role === "user");
    const asked = body.messages.slice(question).filter(({ role }) => role === "tool").length;
    times.firstTextAt = performance.now();
    if (tool !== undefined && asked < toolTurns) {
      const call = { name: tool.function.name, arguments: "{}" };
      yield event({ tool_calls: [{ index: 0, id: `call-${asked}`, function: call }] });
      times.endedAt = performance.now();
      yield `${event({}, "tool_calls")}data: [DONE]\n\n`;
    } else {
      yield event({ content: "Done." });
      times.endedAt = performance.now();
      yield `${event({}, "stop")}data: [DONE]\n\n`;
    }
  }
}

interface ChatRequest {
  readonly messages: readonly { readonly role: string }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

function event(delta: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }];
  const chunk = { id: "answer", object: "chat.completion.chunk", model: "model", choices };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
