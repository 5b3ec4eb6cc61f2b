import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Channel } from "../../src/contract/channel.ts";
import {
  type AgentExecution,
  AgentExecutionSchema,
} from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/api_pb.ts";
import { AgentExecutionCommandController } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import type { AgentExecutionEvent } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { AgentMessage } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/message_pb.ts";
import { AgentExecutionQueryController } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import type { AgentExecutionSpecSchema } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/spec_pb.ts";
import type { AgentExecutionStatus } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/status_pb.ts";
import { metadataKeys } from "../../src/contract/metadata-keys.ts";

/** Executions of agents, as a client sees them. */
export class ExecutionClient {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  async start(
    spec: MessageInitShape<typeof AgentExecutionSpecSchema>,
    options: { readonly requestId?: string; readonly dryRun?: true } = {},
  ): Promise<AgentExecution> {
    const { requestId, dryRun } = options;
    const metadata = {
      ...(requestId === undefined ? {} : { [metadataKeys.requestId]: requestId }),
      ...(dryRun === undefined ? {} : { [metadataKeys.dryRun]: "true" }),
    };
    const sent = create(AgentExecutionSchema, { metadata: {}, spec });
    const { method } = AgentExecutionCommandController;
    return await this.#channel.unary(method.create, sent, { metadata });
  }

  async get(id: string): Promise<AgentExecution> {
    return await this.#channel.unary(AgentExecutionQueryController.method.get, { value: id });
  }

  async cancel(id: string, reason: string): Promise<AgentExecution> {
    const { method } = AgentExecutionCommandController;
    return await this.#channel.unary(method.cancel, { id, reason });
  }

  async delete(id: string): Promise<AgentExecution> {
    return await this.#channel.unary(AgentExecutionCommandController.method.delete, { value: id });
  }

  /** Everything from now on; with a sequence everything after it. */
  events(id: string, afterSequence?: bigint): AsyncGenerator<AgentExecutionEvent> {
    return this.#channel.serverStream(AgentExecutionQueryController.method.subscribe, {
      id,
      ...(afterSequence === undefined ? {} : { afterSequence }),
    });
  }

  /** The status an execution ends with. */
  async end(id: string): Promise<AgentExecutionStatus> {
    let last: AgentExecutionEvent | undefined;
    for await (const event of this.events(id)) last = event;
    if (last?.event.case === "status") return last.event.value;
    const { status } = await this.get(id);
    if (!status) throw new Error(`${id} has no status`);
    return status;
  }

  /** Resolves with the first event that matches. */
  async until(
    id: string,
    matches: (event: AgentExecutionEvent) => boolean,
  ): Promise<AgentExecutionEvent> {
    for await (const event of this.events(id, 0n)) if (matches(event)) return event;
    throw new Error(`${id} ended without it`);
  }

  async messages(
    id: string,
    pageSize = 0,
    pageToken = "",
  ): Promise<{ items: AgentMessage[]; nextPageToken: string }> {
    const { method } = AgentExecutionQueryController;
    return await this.#channel.unary(method.listMessages, { id, pageSize, pageToken });
  }
}

/** The text of a message. */
export function textOf(message: AgentMessage): string {
  return message.parts.flatMap(({ part }) => (part.case === "text" ? [part.value] : [])).join("");
}
