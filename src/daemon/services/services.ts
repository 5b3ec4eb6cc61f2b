import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { AgentExecutions } from "../../resources/agent-executions.ts";
import type { WorkflowExecutions } from "../../resources/workflow-executions.ts";
import type { ResourceSets } from "../../resources/resource-set/resource-sets.ts";
import type { Store } from "../../store/store.ts";
import type { DataFolder } from "../../system/data-folder.ts";
import type { Settings } from "../../system/settings.ts";
import type { LentCredentials } from "../credentials/lent-credentials.ts";
import type { ProviderCredentials } from "../credentials/provider-credentials.ts";
import type { Dispatcher } from "../dispatch/dispatcher.ts";
import type { Jobs } from "../dispatch/jobs.ts";
import type { RunnerPool } from "../dispatch/runner-pool.ts";
import type { Retention } from "../retention/retention.ts";
import type { ScheduleParts } from "../schedules/schedule-parts.ts";
import type { ServiceImplementation } from "../grpc/handlers.ts";
import { artifactService } from "./artifact-service.ts";
import { agentExecutionServices } from "./agent-execution-services.ts";
import { eventService } from "./event-services.ts";
import { anyExecutionService } from "./any-execution-service.ts";
import { historyService } from "./history-service.ts";
import { mcpToolHandlers } from "./mcp-tool-handlers.ts";
import { modelServices } from "./model-services.ts";
import { scheduleServices } from "./schedule-services.ts";
import { resourceSetService } from "./resource-set-service.ts";
import { resourceServices, type ServiceOf } from "./resource-services.ts";
import { runnerService } from "./runner-service.ts";
import { serverOnlyServices } from "./server-only-services.ts";
import { systemServices } from "./system-services.ts";
import { workflowExecutionServices } from "./workflow-execution-services.ts";

/** What the services are made of. */
export interface ServiceParts {
  readonly folder: DataFolder;
  readonly store: Store;
  readonly settings: () => Promise<Settings>;
  readonly serviceOf: ServiceOf;
  readonly sets: ResourceSets;
  readonly executions: AgentExecutions;
  readonly workflowExecutions: WorkflowExecutions;
  readonly pool: RunnerPool;
  readonly jobs: Jobs;
  readonly dispatcher: Dispatcher;
  readonly schedules: ScheduleParts;
  readonly retention: Retention;
  readonly lent: LentCredentials;
  readonly credentials: ProviderCredentials;
  readonly startedAt: Date;
  /** Known once the server listens. */
  readonly listening: () => {
    readonly addresses: readonly string[];
    readonly warnings: readonly string[];
  };
  readonly stop: () => void;
}

/** Every service of the contract. */
export function servicesOf(parts: ServiceParts): ServiceImplementation[] {
  const { store, settings, serviceOf, jobs } = parts;
  return [
    ...resourceServices(serviceOf, mcpToolHandlers(store.read, jobs, settings)),
    ...scheduleServices(parts.schedules),
    resourceSetService(parts),
    ...agentExecutionServices({
      ...parts,
      resources: serviceOf(ApiResourceKind.AGENT_EXECUTION),
    }),
    ...workflowExecutionServices({
      ...parts,
      resources: serviceOf(ApiResourceKind.WORKFLOW_EXECUTION),
    }),
    anyExecutionService(store.read, serviceOf(ApiResourceKind.SESSION)),
    eventService(store),
    ...serverOnlyServices(),
    artifactService(store, settings),
    historyService(parts),
    ...modelServices(parts),
    ...systemServices(parts),
    runnerService({ ...parts, configFile: parts.folder.config }),
  ];
}
