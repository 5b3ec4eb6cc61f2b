import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { ToolResult } from "../../contract/gen/ai/stigmer/commons/execution/v1/tool_result_pb.ts";
import { ToolResultSchema } from "../../contract/gen/ai/stigmer/commons/execution/v1/tool_result_pb.ts";
import type { ToolListSchema } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/tool_pb.ts";
import {
  type ModelProviderListSchema,
  type ModelProviderSchema,
  ProviderCredentialSchema,
  type TestModelResponseSchema,
} from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import type {
  CallToolJob,
  Job,
  JobOutcomeSchema,
  PinnedMcpServer,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { Json } from "../../contract/json.ts";
import { findModelProvider } from "../../contract/model-providers.ts";
import { formatModelReference } from "../../contract/model-reference.ts";
import { readSettings, type Settings } from "../../system/settings.ts";
import { ExecutionFailure } from "../durable/durable-context.ts";
import { mcpHost, modelCaller } from "./assemble-run.ts";
import { chooseDefaultModel, resolveModelName } from "./choose-model.ts";
import type { McpSession } from "../mcp/mcp-session.ts";
import type { ToolContent } from "../mcp/tool-result.ts";
import { toToolContent } from "./message-mapping.ts";
import type { ProviderSettings } from "./models/model-request.ts";
import { providerSettings } from "./provider-settings.ts";
import type { RunnerHost } from "./runner-host.ts";
import { usageOf } from "./run-status.ts";
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
    const outcome = await new AgentJob(job, { settings, host, signal }).run();
    return { id: job.id, outcome };
  } catch (thrown) {
    const { code, message, hint = "" } = toJobError(thrown);
    return { id: job.id, outcome: { case: "error", value: { code, message, hint } } };
  }
}

interface JobParts {
  readonly settings: Settings;
  readonly host: RunnerHost;
  readonly signal: AbortSignal;
}

class AgentJob {
  readonly #job: Job;
  readonly #parts: JobParts;

  constructor(job: Job, parts: JobParts) {
    this.#job = job;
    this.#parts = parts;
  }

  async run(): Promise<NonNullable<JobOutcomeInit["outcome"]>> {
    const { job } = this.#job;
    switch (job.case) {
      case "listTools":
        return { case: "tools", value: await this.#listTools(job.value.server) };
      case "callTool":
        return { case: "toolResult", value: { result: await this.#callTool(job.value) } };
      case "testModel":
        return { case: "modelTest", value: await this.#testModel(job.value.model) };
      case "listModels":
        return { case: "models", value: await this.#listModels(job.value.providers) };
      case undefined:
        throw new StigmerError("unimplemented", "this runner does not know that job");
    }
  }

  async #listTools(
    server: PinnedMcpServer | undefined,
  ): Promise<MessageInitShape<typeof ToolListSchema>> {
    await using session = await this.#openServer(server);
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

  async #callTool({
    server,
    tool,
    arguments: text,
    timeoutSeconds,
  }: CallToolJob): Promise<ToolResult> {
    const args = parseArguments(text);
    await using session = await this.#openServer(server);
    const timeout = timeoutSeconds > 0 ? { timeoutMs: timeoutSeconds * 1_000 } : {};
    const result = await session.call(tool, args, { signal: this.#parts.signal, ...timeout });
    return create(ToolResultSchema, {
      callId: this.#job.id,
      name: tool,
      isError: result.isError,
      // A person reads it, not a model: nothing is cut.
      content: (result.truncated?.full ?? result.content).map(toContent),
    });
  }

  async #testModel(wanted: string): Promise<MessageInitShape<typeof TestModelResponseSchema>> {
    const { settings, signal } = this.#parts;
    const settingsOf = (provider: string): Promise<ProviderSettings> => this.#settingsOf(provider);
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
      idempotencyKey: this.#job.id,
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

  async #listModels(
    providers: readonly string[],
  ): Promise<MessageInitShape<typeof ModelProviderListSchema>> {
    return { items: await Promise.all(providers.map((name) => this.#listModelsOf(name))) };
  }

  async #listModelsOf(name: string): Promise<MessageInitShape<typeof ModelProviderSchema>> {
    const provider = findModelProvider(name)?.name;
    if (provider === undefined) return { name, error: "unknown provider" };
    try {
      const { listModels } = await import("./models/list-models.ts");
      const settings = await this.#settingsOf(provider);
      const found = await listModels({ provider, settings, signal: this.#parts.signal });
      const models = found.map((model) => ({
        ...model,
        name: `${provider}/${model.name}`,
        contextLength: BigInt(model.contextLength ?? 0),
      }));
      return { name, models };
    } catch (thrown) {
      return { name, error: toStigmerError(thrown).message };
    }
  }

  async #openServer(server: PinnedMcpServer | undefined): Promise<McpSession> {
    if (!server?.spec) throw new StigmerError("invalid-argument", "the job names no MCP server");
    const { host, settings, signal } = this.#parts;
    const { openMcpSession } = await import("../mcp/mcp-session.ts");
    const definition = serverDefinition(server.slug, server.spec, this.#job.environment);
    return await openMcpSession(definition, mcpHost(host, settings), signal);
  }

  #settingsOf(provider: string): Promise<ProviderSettings> {
    const lent = this.#job.credentials?.providers.find((known) => known.provider === provider);
    const credential = lent ?? create(ProviderCredentialSchema, { provider });
    return Promise.resolve(providerSettings(credential, this.#parts.settings));
  }
}

function toContent(part: ToolContent) {
  if (part.kind === "image") {
    return toToolContent({ kind: "image", base64: part.data, mediaType: part.mediaType });
  }
  return toToolContent(part.kind === "json" ? { kind: "json", value: part.value as Json } : part);
}

function parseArguments(text: string): Record<string, unknown> {
  const shown = text.slice(0, 100);
  try {
    const value: unknown = JSON.parse(text === "" ? "{}" : text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (cause) {
    throw new StigmerError("invalid-argument", `arguments: not valid JSON: ${shown}`, { cause });
  }
  throw new StigmerError("invalid-argument", `arguments: not a JSON object: ${shown}`);
}

/**
 * Codes of failures that mean something else to a caller of the daemon: it is there, and what it
 * asked on the caller's behalf is not.
 */
const codeForCaller: Readonly<Record<string, StigmerError["code"]>> = {
  unavailable: "failed-precondition",
  incompatible: "failed-precondition",
  "deadline-exceeded": "failed-precondition",
  environment: "failed-precondition",
  "model-unavailable": "failed-precondition",
};

function toJobError(thrown: unknown): StigmerError {
  const error = thrown instanceof ExecutionFailure ? thrown : toStigmerError(thrown);
  const { code, message, hint } = error;
  const known = error instanceof StigmerError ? error.code : "failed-precondition";
  const details = hint === undefined ? {} : { hint };
  return new StigmerError(codeForCaller[code] ?? known, message, details);
}
