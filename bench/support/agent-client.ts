import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Channel } from "../../src/contract/channel.ts";
import { AgentCommandController } from "../../src/contract/gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import { AgentExecutionCommandController } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/command_pb.ts";
import type { AgentExecutionEvent } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import { AgentExecutionQueryController } from "../../src/contract/gen/ai/stigmer/agentic/agentexecution/v1/query_pb.ts";
import { ExecutionPhase } from "../../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import type { AgentSpecSchema } from "../../src/contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";

/** What the command line does to run an agent, without the command line. */
export class AgentClient {
  readonly #channel: Channel;
  readonly #agent: string;

  private constructor(channel: Channel, agent: string) {
    this.#channel = channel;
    this.#agent = agent;
  }

  static async create(
    channel: Channel,
    slug: string,
    spec: Omit<MessageInitShape<typeof AgentSpecSchema>, "$typeName">,
  ): Promise<AgentClient> {
    await channel.unary(AgentCommandController.method.create, { metadata: { slug }, spec });
    return new AgentClient(channel, slug);
  }

  /** @returns the id of the execution and of its session */
  async start(message: string, session = ""): Promise<{ id: string; session: string }> {
    const spec = { agent: this.#agent, message, session };
    const request = { metadata: {}, spec };
    const { metadata, spec: bound } = await this.#channel.unary(
      AgentExecutionCommandController.method.create,
      request,
    );
    return { id: metadata?.id ?? "", session: bound?.session ?? "" };
  }

  events(id: string): AsyncGenerator<AgentExecutionEvent, void, undefined> {
    return this.#channel.serverStream(AgentExecutionQueryController.method.subscribe, { id });
  }

  /**
   * Starts an execution and follows it to its end.
   * @returns its session
   * @throws when it ends in anything but success
   */
  async run(message: string, session = ""): Promise<string> {
    const started = await this.start(message, session);
    let phase = ExecutionPhase.EXECUTION_PHASE_UNSPECIFIED;
    let why = "";
    for await (const { event } of this.events(started.id)) {
      if (event.case === "status") ({ phase } = event.value);
      if (event.case === "status") why = event.value.error?.message ?? "";
      if (event.case === "snapshot") phase = event.value.status?.phase ?? phase;
    }
    if (phase === ExecutionPhase.EXECUTION_COMPLETED) return started.session;
    throw new Error(`the execution ended as ${ExecutionPhase[phase]}: ${why}`);
  }
}
