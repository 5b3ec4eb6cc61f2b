import type { ImportHistoryResponse } from "../../../contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import type { WrittenHistory } from "./write-history.ts";

/** What is in a history, and what is not. */
export function exportedHistoryText(file: string, { header, artifacts }: WrittenHistory): string[] {
  const { sessions = 0n, executions = 0n, openExecutions = 0n } = header ?? {};
  const parts = [
    counted(sessions, "session"),
    counted(executions, "execution"),
    counted(BigInt(artifacts), "artifact"),
  ];
  const lines = [`${file}: ${parts.join(", ")}`];
  if (openExecutions > 0n) {
    lines.push(`${counted(openExecutions, "execution")} left out: only what has ended is history.`);
  }
  return lines;
}

/** What an import of a history did. */
export function importedHistoryText(history: ImportHistoryResponse): string[] {
  const { sessions, executions, skippedSessions, skippedExecutions } = history;
  const lines = [
    `${counted(sessions, "session")} and ${counted(executions, "execution")} imported`,
  ];
  if (skippedSessions + skippedExecutions > 0n) {
    const skipped = [counted(skippedSessions, "session"), counted(skippedExecutions, "execution")];
    lines.push(`${skipped.join(" and ")} were here already and are left as they are`);
  }
  if (history.surplusExecutions > 0n) {
    const settings = history.surplusSettings.join(" and ");
    lines.push(
      `${counted(history.surplusExecutions, "execution")} over ${settings} will be removed, the oldest first; to keep them: raise it with stigmer config set, then import again`,
    );
  }
  return lines;
}

function counted(count: bigint, noun: string): string {
  return `${count} ${noun}${count === 1n ? "" : "s"}`;
}
