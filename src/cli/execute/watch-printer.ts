import { toJsonString } from "@bufbuild/protobuf";
import {
  type AgentExecutionEvent,
  AgentExecutionEventSchema,
  ToolCallPhase,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { MessageRole } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import type { OutputFormat } from "../output/render-output.ts";
import { timeText } from "../output/time-text.ts";
import type { Terminal } from "../terminal.ts";
import { phaseNames } from "./execution-phase.ts";
import { messageText } from "./turn-printer.ts";

const roleNames = {
  [MessageRole.UNSPECIFIED]: "message",
  [MessageRole.USER]: "user",
  [MessageRole.ASSISTANT]: "assistant",
  [MessageRole.TOOL]: "tool",
} as const satisfies Record<MessageRole, string>;

const toolPhases = {
  [ToolCallPhase.UNSPECIFIED]: "unknown",
  [ToolCallPhase.STARTED]: "started",
  [ToolCallPhase.COMPLETED]: "completed",
  [ToolCallPhase.FAILED]: "failed",
  [ToolCallPhase.UNKNOWN]: "outcome unknown",
} as const satisfies Record<ToolCallPhase, string>;

/** An execution as a log on stdout: a line per change, or with `-o jsonl` an event per line. */
export class WatchPrinter {
  readonly #terminal: Terminal;
  readonly #format: OutputFormat;
  #phase = "";

  constructor(terminal: Terminal, format: OutputFormat) {
    this.#terminal = terminal;
    this.#format = format;
  }

  async show(event: AgentExecutionEvent): Promise<void> {
    if (this.#format === "jsonl") {
      return await this.#terminal.data(`${toJsonString(AgentExecutionEventSchema, event)}\n`);
    }
    if (this.#format !== "table" && this.#format !== "wide") return;
    const change = this.#changeOf(event);
    if (change === undefined) return;
    await this.#terminal.data(`${timeText(event.at)} ${change.replace(/\s*\n\s*/g, " ")}\n`);
  }

  #changeOf({ event }: AgentExecutionEvent): string | undefined {
    switch (event.case) {
      case "status":
        return this.#newPhase(phaseNames[event.value.phase], event.value.waiting?.reason);
      case "message":
        return `${roleNames[event.value.role]} ${messageText(event.value)}`.trimEnd();
      case "toolCall": {
        const { name, phase, error } = event.value;
        return `${name} ${toolPhases[phase]}${error ? `: ${error.message}` : ""}`;
      }
      case "retry":
        return `retry with ${event.value.model}: ${event.value.error?.message ?? ""}`;
      case "defaultModel":
        return `default model: ${event.value.model}`;
      default:
        return undefined;
    }
  }

  #newPhase(phase: string, reason: string | undefined): string | undefined {
    if (phase === this.#phase) return undefined;
    this.#phase = phase;
    return reason === undefined ? phase : `${phase}: ${reason}`;
  }
}
