import type { Json } from "../../contract/json.ts";
import type { ModelReference } from "../../contract/model-reference.ts";
import type { AgentExecutionEvent } from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/event_pb.ts";
import type { DurableContext } from "../durable/durable-context.ts";
import type {
  AttachmentPart,
  ConversationMessage,
  ImagePart,
  ToolResultContent,
} from "./models/conversation.ts";
import type {
  ModelAnswer,
  ModelEvent,
  ModelParameters,
  ProviderSettings,
  ToolDefinition,
} from "./models/model-request.ts";
import type { OutputContract } from "./output-contract.ts";
import type { RunStatus } from "./run-status.ts";

/** Everything the loop of one agent execution is given. */
export interface AgentRun {
  readonly context: DurableContext<AgentExecutionEvent>;
  readonly instructions: string;
  /** What was said in the session before, oldest first. */
  readonly history: readonly ConversationMessage[];
  readonly message: string;
  /** Files that go with the message. */
  readonly attachments: readonly AttachmentPart[];
  /** Absent: the final answer is whatever text the model ends with. */
  readonly output?: OutputContract;
  /** Decides once, at the start: settings that change later do not change the run. */
  readonly plan: (signal: AbortSignal) => Promise<RunPlan>;
  readonly parameters: ModelParameters;
  readonly tools: ToolBox;
  readonly status: RunStatus;
  /** One HTTP attempt at one model. */
  readonly callModel: ModelCaller;
  /** Providers that had a key when the execution was created: without it they wait for one. */
  readonly lentCredentials: ReadonlySet<string>;
  /** Text on its way to subscribers; not recorded. */
  readonly emitDelta: (delta: DeltaPiece) => void;
}

/** What steers a run; recorded, so that every resume takes the same way. */
export interface RunPlan {
  /** `provider/model`, in the order in which they are tried. */
  readonly models: readonly string[];
  /** Nobody named a model: this is the first that was found, and the default from now on. */
  readonly isNewDefault: boolean;
  readonly limits: RunLimits;
  /** Attempts at one model after the first. */
  readonly maxRetries: number;
}

/** Hard limits; `timeoutMs` counts from the first operation. */
export interface RunLimits {
  readonly maxTurns: number;
  readonly maxToolCalls: number;
  readonly maxParallelTools: number;
  readonly timeoutMs: number;
}

export interface ModelCall {
  readonly model: ModelReference;
  readonly instructions: string;
  readonly messages: readonly ConversationMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly parameters: ModelParameters;
  /** JSON Schema of the final answer, for providers that know what to do with one. */
  readonly outputSchema?: Json;
  readonly idempotencyKey: string;
  /** From 1, for this request: how often it was sent. */
  readonly attempt: number;
  readonly signal: AbortSignal;
}

export type ModelCaller = (
  call: ModelCall,
  onEvent: (event: ModelEvent) => void,
) => Promise<ModelAnswer>;

/** Where keys and addresses of providers come from. */
export type SettingsOfProvider = (provider: string) => Promise<ProviderSettings>;

export interface DeltaPiece {
  readonly messageId: string;
  readonly attempt: number;
  readonly offset: number;
  readonly text: string;
  readonly reasoning: boolean;
}

/** The tools of an agent, whatever serves them. */
export interface ToolBox {
  /** Connects where needed; the same list for the whole execution. */
  list(signal: AbortSignal): Promise<readonly OfferedTool[]>;
  call(call: ToolInvocation): Promise<ToolAnswer>;
}

export interface OfferedTool extends ToolDefinition {
  /** Calling it again does no harm: it reads, or it is idempotent. */
  readonly repeatable: boolean;
}

export interface ToolInvocation {
  readonly name: string;
  readonly arguments: unknown;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** What a tool said, cut for the model; the whole is in the artifact. */
export interface ToolAnswer {
  readonly isError: boolean;
  readonly content: readonly (ToolResultContent | ImagePart)[];
  readonly fullSize?: number;
  readonly artifact?: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}
