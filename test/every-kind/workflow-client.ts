import { create, fromJson, type JsonValue } from "@bufbuild/protobuf";
import type { Channel } from "../../src/contract/channel.ts";
import {
  type WorkflowSpec,
  WorkflowSpecSchema,
} from "../../src/contract/gen/ai/stigmer/agentic/workflow/v1/spec_pb.ts";
import {
  type WorkflowExecution,
  WorkflowExecutionSchema,
} from "../../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import { WorkflowExecutionCommandController } from "../../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/command_pb.ts";
import type { WorkflowExecutionEvent } from "../../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/event_pb.ts";
import { WorkflowExecutionQueryController } from "../../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/query_pb.ts";
import type { WorkflowExecutionSpec } from "../../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/spec_pb.ts";
import type { WorkflowExecutionStatus } from "../../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/status_pb.ts";
import type { WorkflowTask } from "../../src/contract/gen/ai/stigmer/agentic/workflowexecution/v1/task_pb.ts";
import { metadataKeys } from "../../src/contract/metadata-keys.ts";

/** A definition with these tasks, and what stands beside them. */
export function workflowOf(tasks: JsonValue, rest: Record<string, JsonValue> = {}): WorkflowSpec {
  const document = { dsl: "1.0.3", namespace: "test", name: "sample", version: "1.0.0" };
  return fromJson(WorkflowSpecSchema, { document, do: tasks, ...rest });
}

/** Executions of workflows, as a client sees them. */
export class WorkflowClient {
  readonly #channel: Channel;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  async start(
    spec: Partial<Omit<WorkflowExecutionSpec, "$typeName">>,
    requestId?: string,
  ): Promise<WorkflowExecution> {
    const metadata = requestId === undefined ? {} : { [metadataKeys.requestId]: requestId };
    const sent = create(WorkflowExecutionSchema, { metadata: {}, spec });
    const { method } = WorkflowExecutionCommandController;
    return await this.#channel.unary(method.create, sent, { metadata });
  }

  async get(id: string): Promise<WorkflowExecution> {
    return await this.#channel.unary(WorkflowExecutionQueryController.method.get, { value: id });
  }

  async cancel(id: string, reason: string): Promise<WorkflowExecution> {
    const { method } = WorkflowExecutionCommandController;
    return await this.#channel.unary(method.cancel, { id, reason });
  }

  events(id: string, afterSequence?: bigint): AsyncGenerator<WorkflowExecutionEvent> {
    return this.#channel.serverStream(WorkflowExecutionQueryController.method.subscribe, {
      id,
      ...(afterSequence === undefined ? {} : { afterSequence }),
    });
  }

  /** The status an execution ends with. */
  async end(id: string): Promise<WorkflowExecutionStatus> {
    for await (const _event of this.events(id)) continue;
    const { status } = await this.get(id);
    if (!status) throw new Error(`${id} has no status`);
    return status;
  }

  /** Resolves with the first event that matches. */
  async until(
    id: string,
    matches: (event: WorkflowExecutionEvent) => boolean,
  ): Promise<WorkflowExecutionEvent> {
    for await (const event of this.events(id, 0n)) if (matches(event)) return event;
    throw new Error(`${id} ended without it`);
  }

  async tasks(id: string, pageSize = 1_000): Promise<WorkflowTask[]> {
    const { method } = WorkflowExecutionQueryController;
    const all: WorkflowTask[] = [];
    let pageToken = "";
    do {
      // oxlint-disable-next-line no-await-in-loop -- page after page
      const page = await this.#channel.unary(method.listTasks, { id, pageSize, pageToken });
      all.push(...page.items);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    return all;
  }
}
