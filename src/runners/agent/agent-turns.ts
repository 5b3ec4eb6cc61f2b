import type { ModelReference } from "../../contract/model-reference.ts";
import type { AgentRun, OfferedTool, RunPlan } from "./agent-run.ts";
import type { ConversationMessage } from "./models/conversation.ts";

/** What the turns of one execution share. */
export interface AgentTurns {
  readonly run: AgentRun;
  readonly plan: RunPlan;
  /** Those of the plan. */
  readonly models: readonly ModelReference[];
  readonly tools: readonly OfferedTool[];
  /** Milliseconds since 1970. */
  readonly deadlineMs: number;
  readonly conversation: ConversationMessage[];
}
