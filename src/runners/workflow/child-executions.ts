import { create, fromJson, type JsonObject, type JsonValue } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { Channel } from "../../contract/channel.ts";
import { StigmerError } from "../../contract/errors.ts";
import { isJsonMap, type Json, type JsonMap } from "../../contract/json.ts";
import { AgentExecutionSpecSchema } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/spec_pb.ts";
import {
  type ChildOutcome as ChildOutcomeMessage,
  ChildWorkflowSchema,
  RunnerController,
  type RunnerExecution,
  type StartChildRequest,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { ChildOutcome, ChildRequest, WorkflowHost } from "./workflow-host.ts";

/** Agents and workflows that tasks start, through the daemon. */
export function childExecutions(
  channel: Channel,
  execution: RunnerExecution,
): Pick<WorkflowHost, "startChild" | "readChild" | "cancelChild"> {
  const { method } = RunnerController;
  return {
    async startChild(request, { key, signal }) {
      const child = childOf(request);
      const sent = { execution, key, child };
      return (await channel.unary(method.startChild, sent, { signal })).executionId;
    },
    async readChild(childId) {
      const { outcome } = await channel.unary(method.readChild, { execution, childId });
      return outcomeOf(outcome);
    },
    async cancelChild(childId, reason) {
      await channel.unary(method.cancelChild, { execution, childId, reason });
    },
  };
}

function childOf({ kind, name, version = "", input }: ChildRequest): StartChildRequest["child"] {
  if (kind === "agent") return { case: "agent", value: agentSpec(name, input) };
  const [namespace = "", ofWorkflow = ""] = name.split("/");
  const given = fromJson(ValueSchema, input as JsonValue);
  const workflow = { namespace, name: ofWorkflow, version, input: given };
  return { case: "workflow", value: create(ChildWorkflowSchema, workflow) };
}

function agentSpec(agent: string, input: Json) {
  const { message, session, model, environments, timeoutSeconds, outputSchema } = mapOf(input);
  return create(AgentExecutionSpecSchema, {
    agent,
    message: textOf(message),
    session: textOf(session),
    model: textOf(model),
    environmentRefs: Array.isArray(environments) ? environments.map(textOf) : [],
    timeoutSeconds: typeof timeoutSeconds === "number" ? timeoutSeconds : 0,
    ...(isJsonMap(outputSchema) && { outputSchema: outputSchema as JsonObject }),
  });
}

function outcomeOf(outcome: ChildOutcomeMessage["outcome"]): ChildOutcome {
  switch (outcome.case) {
    case "output":
      return {
        kind: "completed",
        output: JSON.parse(new TextDecoder().decode(outcome.value)) as Json,
      };
    case "cancelled":
      return { kind: "cancelled", reason: outcome.value };
    case "agentError": {
      const { code, message } = outcome.value;
      return { kind: "failed", code, message };
    }
    case "workflowError": {
      const { type, status, title, detail, instance } = outcome.value;
      return {
        kind: "failed",
        code: "workflow",
        message: detail,
        details: { type, status, title, detail, instance },
      };
    }
    default:
      throw new StigmerError("internal", "the daemon says nothing of how a child ended");
  }
}

function mapOf(input: Json): JsonMap {
  return isJsonMap(input) ? input : {};
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
