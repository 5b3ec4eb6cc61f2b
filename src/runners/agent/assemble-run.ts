import type {
  AgentSpec,
  ModelParameters as SpecParameters,
} from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import {
  AgentSpecSchema,
  ReasoningEffort,
} from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import { create, type JsonObject } from "@bufbuild/protobuf";
import type { AgentExecutionEvent } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import {
  type Claim,
  RunnerController,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { AgentExecutionSpec } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/spec_pb.ts";
import { findModelProvider } from "../../contract/model-providers.ts";
import { formatModelReference } from "../../contract/model-reference.ts";
import { selfCommand } from "../../system/self-process.ts";
import { processVariables } from "../../system/environment.ts";
import { readSettings, type Settings } from "../../system/settings.ts";
import type { DaemonLink } from "../daemon-link.ts";
import type { DurableContext } from "../durable/durable-context.ts";
import { holderOf } from "../execution-journal.ts";
import { readArtifact, streamArtifact, writeArtifact } from "../runner-artifacts.ts";
import type { AgentRun, ModelCaller, RunLimits, RunPlan, SettingsOfProvider } from "./agent-run.ts";
import { withAttachedFiles } from "./attached-files.ts";
import { chooseDefaultModel, resolveModelName } from "./choose-model.ts";
import type { DeltaStream } from "./delta-stream.ts";
import { JoinedToolBoxes } from "./joined-tool-boxes.ts";
import { McpToolBox } from "./mcp-tool-box.ts";
import type { McpHost } from "../mcp/server-definition.ts";
import type { ConversationMessage } from "./models/conversation.ts";
import type { ModelParameters } from "./models/model-request.ts";
import { toAttachmentPart } from "./message-mapping.ts";
import { outputContract, outputInstructions } from "./output-contract.ts";
import { providerSettings } from "./provider-settings.ts";
import type { RunnerHost } from "./runner-host.ts";
import type { RunStatus } from "./run-status.ts";
import { serverDefinitions } from "./server-definitions.ts";
import { withSkillCatalog } from "./skills/skill-catalog.ts";
import { SkillToolBox } from "./skills/skill-tool-box.ts";

export interface RunParts {
  readonly claim: Claim;
  readonly link: DaemonLink;
  readonly host: RunnerHost;
  readonly context: DurableContext<AgentExecutionEvent>;
  readonly status: RunStatus;
  readonly history: readonly ConversationMessage[];
  readonly deltas: DeltaStream;
}

/** Puts a run together from what was claimed. Disposing it ends its MCP servers. */
export async function assembleRun(
  parts: RunParts,
): Promise<AsyncDisposable & { readonly run: AgentRun }> {
  const { claim, link, host } = parts;
  const settings = await readSettings({ variables: {}, overrides: claim.settings });
  const agent = claim.agent ?? create(AgentSpecSchema);
  const settingsOf = credentialsFrom(link, claim, settings);
  const servers = new McpToolBox({
    servers: async () =>
      serverDefinitions(agent, claim.mcpServers, await environmentOf(link, claim)),
    host: mcpHost(host, settings),
    keep: (bytes) => writeArtifact(link.channel, holderOf(claim), bytes),
    clock: Date.now,
  });
  const schema = specOf(claim)?.outputSchema ?? agent.outputSchema;
  const run: AgentRun = {
    context: parts.context,
    instructions: withSkillCatalog(instructionsOf(agent, schema), claim.skills),
    history: parts.history,
    message: specOf(claim)?.message ?? "",
    attachments: (specOf(claim)?.attachments ?? []).map(toAttachmentPart),
    plan: (signal) => makePlan(parts, agent, settings, { settingsOf, signal }),
    parameters: parametersOf(agent.parameters),
    ...(schema === undefined ? {} : { output: await outputContract(schema) }),
    tools: new JoinedToolBoxes(skillToolBox(parts, settings), servers),
    status: parts.status,
    callModel: flushing(
      parts.deltas,
      withAttachedFiles(modelCaller(settingsOf, settings, specOf(claim)?.session ?? ""), (sha256) =>
        readArtifact(link.channel, holderOf(claim), sha256),
      ),
    ),
    lentCredentials: new Set(claim.credentialProviders),
    emitDelta: (piece) => parts.deltas.emit(piece),
  };
  return { run, [Symbol.asyncDispose]: () => servers[Symbol.asyncDispose]() };
}

function instructionsOf({ instructions }: AgentSpec, schema: JsonObject | undefined): string {
  return schema === undefined
    ? instructions
    : [instructions, outputInstructions(schema)].join("\n\n");
}

/** What the execution pinned, whatever became of the skill since. */
function skillToolBox({ claim, link }: RunParts, settings: Settings): SkillToolBox {
  const { channel } = link;
  const execution = holderOf(claim);
  const { readSkill } = RunnerController.method;
  return new SkillToolBox({
    skills: claim.skills,
    read: (revision, signal) => channel.unary(readSkill, { execution, revision }, { signal }),
    open: (sha256, signal) => streamArtifact(channel, { execution, sha256 }, signal),
    maxResultBytes: settings.get("tools.maxResultBytes"),
    clock: Date.now,
  });
}

/** What MCP sessions need to know of this process. */
export function mcpHost(host: RunnerHost, settings: Settings): McpHost {
  return {
    self: selfCommand(),
    npx: settings.get("mcp.npx"),
    cacheDir: host.mcpFolder,
    childTag: host.childTag,
    environment: processVariables(),
    log: host.log,
    connectTimeoutMs: settings.get("mcp.connectTimeout"),
    callTimeoutMs: settings.get("mcp.callTimeout"),
    maxResultBytes: settings.get("tools.maxResultBytes"),
  };
}

export function modelCaller(
  settingsOf: SettingsOfProvider,
  settings: Settings,
  cacheKey: string,
): ModelCaller {
  return async (call, onEvent) => {
    const { callModel } = await import("./models/model-call.ts");
    return await callModel(
      {
        ...call,
        ...(cacheKey === "" ? {} : { cacheKey }),
        firstByteTimeoutMs: settings.get("model.firstByteTimeout"),
        idleTimeoutMs: settings.get("model.idleTimeout"),
        settings: await settingsOf(call.model.provider),
      },
      onEvent,
    );
  };
}

/** The last piece of a message leaves before the finished message is recorded. */
function flushing(deltas: DeltaStream, callModel: ModelCaller): ModelCaller {
  return async (call, onEvent) => {
    try {
      return await callModel(call, onEvent);
    } finally {
      deltas.flush();
    }
  };
}

function credentialsFrom(link: DaemonLink, claim: Claim, settings: Settings): SettingsOfProvider {
  return async (provider) => {
    const request = { execution: holderOf(claim), provider };
    const credential = await link.channel.unary(RunnerController.method.resolveCredential, request);
    // An address in the settings is no key: the one that was lent is gone all the same.
    const isGone = credential.source === "" || credential.source === "config";
    if (isGone && claim.credentialProviders.includes(provider)) throw await keyIsGone(provider);
    return providerSettings(credential, settings);
  };
}

/** It was there when the execution was created: the execution waits for it instead of failing. */
async function keyIsGone(provider: string): Promise<Error> {
  const { ModelError } = await import("./models/model-error.ts");
  const name = findModelProvider(provider)?.name ?? "script";
  return new ModelError(
    "credential-missing",
    `The key of ${provider} that it was started with is gone.`,
    { provider: name, name: "*" },
  );
}

async function environmentOf(link: DaemonLink, claim: Claim): Promise<Record<string, string>> {
  return (await link.channel.unary(RunnerController.method.resolveEnvironment, holderOf(claim)))
    .values;
}

interface PlanContext {
  readonly settingsOf: SettingsOfProvider;
  readonly signal: AbortSignal;
}

async function makePlan(
  { claim, link }: RunParts,
  agent: AgentSpec,
  settings: Settings,
  { settingsOf, signal }: PlanContext,
): Promise<RunPlan> {
  const { model, defaultModel } = specOf(claim) ?? { model: "", defaultModel: "" };
  const named = model || agent.model || defaultModel || settings.get("model.default");
  const first = named ?? formatModelReference(await chooseDefaultModel(settingsOf, signal));
  const models = [first, ...agent.fallbackModels].map((name) =>
    formatModelReference(resolveModelName(name, settings)),
  );
  if (named === undefined) {
    const { saveDefaultModel } = RunnerController.method;
    await link.channel.unary(saveDefaultModel, { execution: holderOf(claim), model: first });
  }
  return {
    models,
    isNewDefault: named === undefined,
    limits: limitsOf(claim, agent, settings),
    maxRetries: settings.get("model.maxRetries"),
  };
}

function limitsOf(claim: Claim, agent: AgentSpec, settings: Settings): RunLimits {
  const { maxTurns, maxToolCalls, maxParallelTools, timeoutSeconds } = agent.limits ?? {
    maxTurns: 0,
    maxToolCalls: 0,
    maxParallelTools: 0,
    timeoutSeconds: 0,
  };
  const ofAgentMs = timeoutSeconds * 1_000 || settings.get("limits.timeout");
  const ofRunMs = (specOf(claim)?.timeoutSeconds ?? 0) * 1_000 || ofAgentMs;
  return {
    maxTurns: maxTurns || settings.get("limits.maxTurns"),
    maxToolCalls: maxToolCalls || settings.get("limits.maxToolCalls"),
    maxParallelTools: maxParallelTools || settings.get("limits.maxParallelTools"),
    timeoutMs: Math.min(ofAgentMs, ofRunMs),
  };
}

const effortOf = {
  [ReasoningEffort.UNSPECIFIED]: undefined,
  [ReasoningEffort.LOW]: "low",
  [ReasoningEffort.MEDIUM]: "medium",
  [ReasoningEffort.HIGH]: "high",
} as const;

function parametersOf(spec: SpecParameters | undefined): ModelParameters {
  if (!spec) return {};
  const reasoningEffort = effortOf[spec.reasoningEffort];
  return {
    ...(spec.temperature === undefined ? {} : { temperature: spec.temperature }),
    ...(spec.topP === undefined ? {} : { topP: spec.topP }),
    ...(spec.maxOutputTokens === undefined ? {} : { maxOutputTokens: spec.maxOutputTokens }),
    ...(reasoningEffort === undefined ? {} : { reasoningEffort }),
  };
}

function specOf({ execution }: Claim): AgentExecutionSpec | undefined {
  return execution.case === "agentExecution" ? execution.value.spec : undefined;
}
