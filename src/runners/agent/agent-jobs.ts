import type { MessageInitShape } from "@bufbuild/protobuf";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { ToolListSchema } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/tool_pb.ts";
import type { ModelProviderListSchema } from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import { ProviderCredentialSchema } from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import type {
  CallToolJob,
  Job,
  JobOutcomeSchema,
  PinnedMcpServer,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import { create } from "@bufbuild/protobuf";
import { findModelProvider } from "../../contract/model-providers.ts";
import { formatModelReference } from "../../contract/model-reference.ts";
import { readSettings, type Settings } from "../../system/settings.ts";
import { ExecutionFailure } from "../durable/durable-context.ts";
import type { SettingsOfProvider } from "./agent-run.ts";
import { mcpHost, modelCaller } from "./assemble-run.ts";
import { chooseDefaultModel, resolveModelName } from "./choose-model.ts";
import type { McpSession } from "./mcp/mcp-session.ts";
import { toToolContent } from "./message-mapping.ts";
import { providerSettings } from "./provider-settings.ts";
import { usageOf } from "./run-status.ts";
import type { RunnerHost } from "./runner-host.ts";
import { serverDefinition } from "./server-definitions.ts";

type JobOutcomeInit = MessageInitShape<typeof JobOutcomeSchema>;

/** Does one short job; every failure is an outcome. */
export async function runAgentJob(
  job: Job,
  host: RunnerHost,
  signal: AbortSignal,
): Promise<JobOutcomeInit> {
  try {
    const settings = await readSettings({ variables: {}, overrides: job.settings });
    return { id: job.id, outcome: await outcomeOf(job, settings, host, signal) };
  } catch (thrown) {
    const { code, message, hint } = toJobError(thrown);
    return { id: job.id, outcome: { case: "error", value: { code, message, hint: hint ?? "" } } };
  }
}

async function outcomeOf(
  job: Job,
  settings: Settings,
  host: RunnerHost,
  signal: AbortSignal,
): Promise<NonNullable<JobOutcomeInit["outcome"]>> {
  switch (job.job.case) {
    case "listTools":
      return {
        case: "tools",
        value: await listTools(job, job.job.value.server, settings, host, signal),
      };
    case "callTool":
      return {
        case: "toolResult",
        value: { result: await callTool(job, job.job.value, settings, host, signal) },
      };
    case "testModel":
      return {
        case: "modelTest",
        value: await testModel(job, job.job.value.model, settings, signal),
      };
    case "listModels":
      return {
        case: "models",
        value: await listAll(job, job.job.value.providers, settings, signal),
      };
    case undefined:
      throw new StigmerError(
        "unimplemented",
        "the daemon asked for a job that this runner does not know",
      );
  }
}

async function listTools(
  job: Job,
  server: PinnedMcpServer | undefined,
  settings: Settings,
  host: RunnerHost,
  signal: AbortSignal,
): Promise<MessageInitShape<typeof ToolListSchema>> {
  await using session = await openServer(job, server, settings, host, signal);
  return {
    items: session.tools.map((tool) => ({
      name: tool.name,
      title: tool.title ?? "",
      description: tool.description,
      inputSchema: JSON.stringify(tool.inputSchema),
      readOnly: tool.readOnly,
      idempotent: tool.idempotent,
    })),
  };
}

async function callTool(
  job: Job,
  call: CallToolJob,
  settings: Settings,
  host: RunnerHost,
  signal: AbortSignal,
) {
  const args = parseArguments(call.arguments);
  await using session = await openServer(job, call.server, settings, host, signal);
  const timeoutMs = call.timeoutSeconds * 1_000;
  const result = await session.call(call.tool, args, {
    signal,
    ...(timeoutMs > 0 ? { timeoutMs } : {}),
  });
  const content = (result.truncated?.full ?? result.content).map((part) =>
    part.kind === "image"
      ? toToolContent({ kind: "image", base64: part.data, mediaType: part.mediaType })
      : toToolContent(part.kind === "json" ? { kind: "json", value: part.value as never } : part),
  );
  return { callId: job.id, name: call.tool, isError: result.isError, content };
}

async function openServer(
  job: Job,
  server: PinnedMcpServer | undefined,
  settings: Settings,
  host: RunnerHost,
  signal: AbortSignal,
): Promise<McpSession> {
  if (!server?.spec) throw new StigmerError("invalid-argument", "the job names no MCP server");
  const { openMcpSession } = await import("./mcp/mcp-session.ts");
  const definition = serverDefinition(server.slug, server.spec, job.environment);
  return await openMcpSession(definition, mcpHost(host, settings), signal);
}

function parseArguments(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text === "" ? "{}" : text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (cause) {
    throw new StigmerError("invalid-argument", `arguments: not valid JSON: ${text.slice(0, 100)}`, {
      cause,
    });
  }
  throw new StigmerError("invalid-argument", `arguments: not a JSON object: ${text.slice(0, 100)}`);
}

async function testModel(job: Job, wanted: string, settings: Settings, signal: AbortSignal) {
  const settingsOf = lentSettings(job, settings);
  const name = wanted || settings.get("model.default");
  const model =
    name === undefined
      ? await chooseDefaultModel(settingsOf, signal)
      : resolveModelName(name, settings);
  const startedAt = performance.now();
  let firstTokenMs = 0;
  const call = {
    model,
    instructions: "Answer in one short sentence.",
    messages: [{ role: "user", parts: [{ kind: "text", text: "Say hello." }] }] as const,
    tools: [],
    parameters: {},
    idempotencyKey: job.id,
    attempt: 1,
    signal,
  };
  const answer = await modelCaller(
    settingsOf,
    settings,
    "",
  )(call, () => {
    firstTokenMs ||= performance.now() - startedAt;
  });
  return {
    model: formatModelReference(model),
    text: answer.message.parts
      .flatMap((part) => (part.kind === "text" ? [part.text] : []))
      .join(""),
    firstTokenMs: BigInt(Math.round(firstTokenMs)),
    totalMs: BigInt(Math.round(performance.now() - startedAt)),
    usage: usageOf(answer),
  };
}

async function listAll(
  job: Job,
  providers: readonly string[],
  settings: Settings,
  signal: AbortSignal,
): Promise<MessageInitShape<typeof ModelProviderListSchema>> {
  const settingsOf = lentSettings(job, settings);
  const items = await Promise.all(providers.map((name) => listOne(name, settingsOf, signal)));
  return { items };
}

async function listOne(name: string, settingsOf: SettingsOfProvider, signal: AbortSignal) {
  const provider = findModelProvider(name)?.name;
  if (provider === undefined) return { name, error: "unknown provider" };
  try {
    const { listModels } = await import("./models/list-models.ts");
    const models = await listModels({ provider, settings: await settingsOf(provider), signal });
    return {
      name,
      models: models.map((model) => ({
        ...model,
        name: `${provider}/${model.name}`,
        contextLength: BigInt(model.contextLength ?? 0),
      })),
    };
  } catch (thrown) {
    return { name, error: toStigmerError(thrown).message };
  }
}

function lentSettings(job: Job, settings: Settings): SettingsOfProvider {
  return (provider) => {
    const lent = job.credentials?.providers.find((credential) => credential.provider === provider);
    return Promise.resolve(
      providerSettings(lent ?? create(ProviderCredentialSchema, { provider }), settings),
    );
  };
}

const codeOfFailure: Readonly<Record<string, StigmerError["code"]>> = {
  environment: "failed-precondition",
  "model-unavailable": "failed-precondition",
};

function toJobError(thrown: unknown): StigmerError {
  if (!(thrown instanceof ExecutionFailure)) return toStigmerError(thrown);
  const hint = thrown.hint === undefined ? {} : { hint: thrown.hint };
  return new StigmerError(codeOfFailure[thrown.code] ?? "unavailable", thrown.message, hint);
}
