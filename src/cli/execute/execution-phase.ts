import { ExecutionPhase } from "../../contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";

/** Phases as the command line names them. */
export const phaseNames = {
  [ExecutionPhase.EXECUTION_PHASE_UNSPECIFIED]: "unknown",
  [ExecutionPhase.EXECUTION_PENDING]: "pending",
  [ExecutionPhase.EXECUTION_RUNNING]: "running",
  [ExecutionPhase.EXECUTION_WAITING]: "waiting",
  [ExecutionPhase.EXECUTION_COMPLETED]: "completed",
  [ExecutionPhase.EXECUTION_FAILED]: "failed",
  [ExecutionPhase.EXECUTION_CANCELLED]: "cancelled",
} as const satisfies Record<ExecutionPhase, string>;

const endedPhases = new Set([
  ExecutionPhase.EXECUTION_COMPLETED,
  ExecutionPhase.EXECUTION_FAILED,
  ExecutionPhase.EXECUTION_CANCELLED,
]);

export function hasEnded(phase: ExecutionPhase | undefined): boolean {
  return phase !== undefined && endedPhases.has(phase);
}

const phases: readonly ExecutionPhase[] = [
  ExecutionPhase.EXECUTION_PENDING,
  ExecutionPhase.EXECUTION_RUNNING,
  ExecutionPhase.EXECUTION_WAITING,
  ...endedPhases,
];

export function phaseNamed(name: string): ExecutionPhase {
  const named = phases.find((phase) => phaseNames[phase] === name);
  return named ?? ExecutionPhase.EXECUTION_PHASE_UNSPECIFIED;
}
