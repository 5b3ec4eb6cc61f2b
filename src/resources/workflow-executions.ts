import type { WorkflowExecution } from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/api_pb.ts";
import type { WorkflowExecutionEvent } from "../contract/gen/ai/stigmer/agentic/workflowexecution/v1/event_pb.ts";
import { Executions, type ExecutionsOptions } from "./executions.ts";
import { idsOf } from "./ids-of.ts";
import { startWorkflowExecution, type WorkflowStart } from "./start-workflow-execution.ts";
import { workflowExecutionFormat } from "./workflow-execution-format.ts";

/** What executions of workflows can do besides: they start from a definition. */
export class WorkflowExecutions extends Executions<WorkflowExecution, WorkflowExecutionEvent> {
  readonly #options: ExecutionsOptions;
  readonly #newId = idsOf(workflowExecutionFormat.kind);

  constructor(options: ExecutionsOptions) {
    super(workflowExecutionFormat, options);
    this.#options = options;
  }

  /** Starts an execution; see {@link startWorkflowExecution}. */
  async create(sent: WorkflowExecution, start: WorkflowStart): Promise<WorkflowExecution> {
    return await startWorkflowExecution({ ...this.#options, newId: this.#newId }, sent, start);
  }
}
