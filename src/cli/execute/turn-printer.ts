import { toJsonString } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
  type AgentExecutionEvent,
  AgentExecutionEventSchema,
  type ModelRetry,
  ToolCallPhase,
  type ToolCallUpdate,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import {
  type AgentMessage,
  MessageRole,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import type { AgentExecutionStatus } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { cutToWidth, withoutControls } from "../output/display-width.ts";
import type { OutputFormat } from "../output/render-output.ts";
import { elapsedText } from "../output/time-text.ts";
import type { Terminal } from "../terminal.ts";
import { AnswerText } from "./answer-text.ts";
import { phaseNames } from "./execution-phase.ts";
import { Spinner } from "./spinner.ts";

/** Columns that the arguments of a tool call may take in a notice. */
const argumentsWidth = 80;

/**
 * Shows an execution while it runs: its text on stdout as it comes, everything else as short lines
 * on stderr; with `-o jsonl` every event on stdout.
 */
export class TurnPrinter implements AsyncDisposable {
  readonly #terminal: Terminal;
  readonly #format: OutputFormat;
  readonly #text = new AnswerText();
  readonly #spinner: Spinner;
  readonly #toolStarts = new Map<string, number>();
  /** The answer is one JSON document, printed when it is whole. The first status says so. */
  #isDocument = false;

  constructor(terminal: Terminal, format: OutputFormat) {
    this.#terminal = terminal;
    this.#format = format;
    this.#spinner = new Spinner(terminal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#spinner[Symbol.dispose]();
    if (this.#printsText) await this.#terminal.data(this.#text.end());
  }

  async show(event: AgentExecutionEvent): Promise<void> {
    if (this.#format === "jsonl") {
      await this.#terminal.data(`${toJsonString(AgentExecutionEventSchema, event)}\n`);
    }
    switch (event.event.case) {
      case "delta":
        if (event.event.value.reasoning) return this.#spinner.label("thinking");
        return await this.#print(this.#text.delta(event.event.value));
      case "message":
        return await this.#showMessage(event.event.value);
      case "toolCall":
        return this.#showToolCall(event.event.value);
      case "retry":
        return this.#showRetry(event.event.value);
      case "defaultModel":
        return this.#showDefaultModel(event.event.value.model);
      case "status":
        return this.#showStatus(event.event.value);
      case "snapshot":
      case undefined:
        return;
    }
  }

  async #showMessage(message: AgentMessage): Promise<void> {
    if (message.role !== MessageRole.ASSISTANT) return;
    await this.#print(this.#text.message(message.id, messageText(message)));
  }

  async #print(piece: { readonly text: string; readonly restarted: boolean }): Promise<void> {
    if (!this.#printsText || piece.text === "") return;
    if (piece.restarted) this.#terminal.notice("The answer starts again.");
    const { terminal } = this.#terminal.style;
    await this.#terminal.data(terminal ? withoutControls(piece.text) : piece.text);
  }

  #showToolCall(call: ToolCallUpdate): void {
    switch (call.phase) {
      case ToolCallPhase.STARTED:
        return this.#toolStarted(call);
      case ToolCallPhase.COMPLETED:
        return this.#toolEnded(call, "✓", "");
      case ToolCallPhase.FAILED:
        return this.#toolEnded(call, "✗", `: ${call.error?.message || "failed"}`);
      case ToolCallPhase.UNKNOWN:
        return this.#toolEnded(call, "?", ": its runner ended, outcome unknown, not repeated");
      case ToolCallPhase.UNSPECIFIED:
        return;
    }
  }

  #toolStarted(call: ToolCallUpdate): void {
    this.#toolStarts.set(call.callId, performance.now());
    this.#spinner.label(call.name);
    this.#terminal.notice(`→ ${call.name} ${cutToWidth(call.arguments, argumentsWidth)}`);
  }

  #toolEnded(call: ToolCallUpdate, sign: string, outcome: string): void {
    const started = this.#toolStarts.get(call.callId);
    const took = started === undefined ? "" : ` ${elapsedText(performance.now() - started)}`;
    this.#spinner.label("running");
    this.#terminal.notice(`${sign} ${call.name}${took}${outcome}`);
  }

  #showRetry(retry: ModelRetry): void {
    const waitMs = retry.nextAt ? timestampDate(retry.nextAt).getTime() - Date.now() : 0;
    const when = waitMs > 0 ? ` in ${elapsedText(waitMs)}` : "";
    const why = retry.error ? `${retry.error.code}: ${retry.error.message}` : "the model failed";
    this.#terminal.notice(`↻ trying ${retry.model} again${when}: ${why}`);
  }

  #showDefaultModel(model: string): void {
    this.#terminal.notice(
      `Using ${model}, the first that was found. It is the default from now on;`,
    );
    this.#terminal.notice("choose another with: stigmer config set model.default PROVIDER/MODEL");
  }

  #showStatus({ phase, waiting, structuredOutput }: AgentExecutionStatus): void {
    this.#isDocument ||= structuredOutput;
    this.#spinner.label(phaseNames[phase] ?? "running");
    if (phase !== ExecutionPhase.EXECUTION_WAITING || !waiting) return;
    this.#terminal.say(`Waiting: ${waiting.reason}`);
    if (waiting.hint !== "") this.#terminal.say(`hint: ${waiting.hint}`);
  }

  get #printsText(): boolean {
    return !this.#isDocument && (this.#format === "table" || this.#format === "wide");
  }
}

/** What an assistant said in a message, without thoughts and tool calls. */
export function messageText(message: AgentMessage): string {
  return message.parts.map(({ part }) => (part.case === "text" ? part.value : "")).join("");
}
