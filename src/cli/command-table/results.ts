import type { ResultSpec, ResultType } from "../result-spec.ts";

const agentic = "ai.stigmer.agentic" as const;

/** Messages that several commands print. */
export const resultTypes = {
  agent: `${agentic}.agent.v1.Agent`,
  environment: `${agentic}.environment.v1.Environment`,
  execution: `${agentic}.agentexecution.v1.AgentExecution`,
  executionEvent: `${agentic}.agentexecution.v1.AgentExecutionEvent`,
  mcpServer: `${agentic}.mcpserver.v1.McpServer`,
  schedule: `${agentic}.schedule.v1.Schedule`,
  session: `${agentic}.session.v1.Session`,
  skill: `${agentic}.skill.v1.Skill`,
  workflow: `${agentic}.workflow.v1.Workflow`,
} as const satisfies Record<string, ResultType>;

/** The finished execution; with `-o jsonl` every event of it. */
export const executedResult: ResultSpec = {
  form: "item",
  of: resultTypes.execution,
  lines: [resultTypes.executionEvent],
};

/** What a set of files changes; with `-o jsonl` a resource a line. */
export const changesResult: ResultSpec = {
  form: "item",
  of: `${agentic}.resourceset.v1.ResourceSetChanges`,
  lines: [`${agentic}.resourceset.v1.ResourceChange`],
};

export function itemOf(of: ResultType): ResultSpec {
  return { form: "item", of };
}

export function itemsOf(of: ResultType): ResultSpec {
  return { form: "items", of };
}

export function pageOf(of: ResultType): ResultSpec {
  return { form: "page", of };
}
