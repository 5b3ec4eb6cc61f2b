import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ShownProgram } from "../../../system/consent-store.ts";
import { testHost } from "../../mcp/fixtures/test-host.ts";
import type { McpServerDefinition } from "../../mcp/server-definition.ts";
import type { Json } from "../../../contract/json.ts";
import type { TaskBody } from "../../../workflow/definition/task.ts";
import type { WorkflowDefinition } from "../../../workflow/definition/workflow-definition.ts";
import { readWorkflow } from "../../../workflow/read-workflow.ts";
import type { CallHost } from "../calls/call-host.ts";
import type { CallLimits } from "../calls/call-limits.ts";
import { KeptDocuments } from "../calls/kept-documents.ts";
import { performCall } from "../calls/perform-call.ts";
import { TokenCache } from "../calls/token-cache.ts";
import { standardFailure, WorkflowFailure, type WorkflowErrorValue } from "../workflow-failure.ts";
import type { CallPlace, DirectCall } from "../workflow-host.ts";

export interface TrialOptions {
  readonly input?: Json;
  readonly use?: { readonly [name: string]: Json };
  /** Values of secrets; each is declared. */
  readonly secrets?: { readonly [name: string]: Json };
  readonly limits?: Partial<CallLimits>;
  readonly signal?: AbortSignal;
  /** Shared by calls of one execution. */
  readonly tokens?: TokenCache;
  readonly documents?: KeptDocuments;
  readonly hasConsent?: (program: ShownProgram) => boolean;
  readonly folder?: string;
  /** Stored MCP servers. */
  readonly servers?: { readonly [name: string]: McpServerDefinition };
}

const limits: CallLimits = { responseBytes: 1 << 20, timeoutMs: 20_000, idleMs: 10_000 };

/** Runs one call as a task of a definition would. */
export async function tryCall(
  call: string,
  parameters: Json,
  options: TrialOptions = {},
): Promise<Json> {
  const definition = definitionOf({ call, with: parameters }, options);
  const body = bodyOf(definition);
  if (body.kind !== "call") throw new Error(`a ${body.kind} is no call`);
  return performCall(body.call as DirectCall, placeOf(options), hostOf(definition, options));
}

/** The failure of a call; rejects when there is none. */
export async function failureOf(call: Promise<unknown>): Promise<WorkflowErrorValue> {
  const outcome = await call.then(
    (value) => ({ value }),
    (thrown: unknown) => ({ thrown }),
  );
  if ("thrown" in outcome && outcome.thrown instanceof WorkflowFailure) return outcome.thrown.error;
  throw new Error(`no failure of a workflow: ${Bun.inspect(outcome)}`);
}

export function placeOf(options: TrialOptions): CallPlace {
  const secrets = options.secrets ?? {};
  return {
    scope: { input: options.input ?? {}, variables: { secrets }, now: () => 1_700_000_000_000 },
    effect: {
      key: "do#1/call#1",
      attempt: 1,
      signal: options.signal ?? new AbortController().signal,
    },
  };
}

export function hostOf(definition: WorkflowDefinition, options: TrialOptions): CallHost {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "call-trial-"));
  return {
    executionId: "wex_1",
    authentications: definition.use?.authentications ?? new Map(),
    limits: { ...limits, ...options.limits },
    documents: options.documents ?? new KeptDocuments(),
    tokens: options.tokens ?? new TokenCache(),
    mcp: testHost(folder),
    folder,
    hasConsent: options.hasConsent ?? (() => true),
    async mcpServer(name) {
      const server = options.servers?.[name];
      if (!server) throw standardFailure("configuration", `there is no MCP server "${name}"`);
      return server;
    },
    async secret(name) {
      const value = options.secrets?.[name];
      if (value === undefined)
        throw standardFailure("authorization", `there is no secret "${name}"`);
      return value;
    },
  };
}

export function definitionOf(
  task: Json,
  { use = {}, secrets = {} }: TrialOptions,
): WorkflowDefinition {
  const { definition, findings } = readWorkflow({
    document: { dsl: "1.0.3", namespace: "trial", name: "trial", version: "1.0.0" },
    use: { ...use, secrets: Object.keys(secrets) },
    do: [{ trial: task }],
  });
  if (!definition) throw new Error(JSON.stringify(findings));
  return definition;
}

export function bodyOf(definition: WorkflowDefinition): TaskBody {
  const [task] = definition.do.tasks;
  if (!task) throw new Error("the definition has no task");
  return task.body;
}
