import { StigmerError } from "../../contract/errors.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import type { Resource, ResourceKind } from "./resource-kind.ts";

/** What people call the kinds that they write down; the first is the name of the kind. */
const wordsOfKinds = {
  agent: ["agent", "agents"],
  mcpserver: ["mcpserver", "mcpservers", "mcp", "mcps"],
  environment: ["environment", "environments", "env"],
  skill: ["skill", "skills"],
  workflow: ["workflow", "workflows"],
  schedule: ["schedule", "schedules"],
} as const;

export type KindName = keyof typeof wordsOfKinds;

/** The names of kinds that commands take as an argument. */
export const kindNames = Object.keys(wordsOfKinds) as readonly KindName[];

/** Every word that stands for a kind. */
export const kindWords: readonly string[] = Object.values(wordsOfKinds).flat();

/** The kind that a word stands for. @throws StigmerError `usage` with the nearest name. */
export function kindNameOf(word: string): KindName {
  const known: readonly (readonly [KindName, readonly string[]])[] = kindNames.map((name) => [
    name,
    wordsOfKinds[name],
  ]);
  const found = known.find(([, words]) => words.includes(word.toLowerCase()));
  if (found) return found[0];
  const nearest = nearestName(
    word,
    known.flatMap(([, words]) => words),
  );
  throw new StigmerError("usage", `There is no kind "${word}".`, {
    hint: nearest === undefined ? `Kinds are: ${kindNames.join(", ")}` : `Did you mean ${nearest}?`,
  });
}

/** Calls `use` with the kind that a word stands for. */
export async function withKind<Result>(
  word: string,
  use: <T extends Resource>(kind: ResourceKind<T>) => Promise<Result>,
): Promise<Result> {
  switch (kindNameOf(word)) {
    case "agent":
      return await use((await import("./agent-kind.ts")).agentKind);
    case "mcpserver":
      return await use((await import("./mcp-server-kind.ts")).mcpServerKind);
    case "environment":
      return await use((await import("./environment-kind.ts")).environmentKind);
    case "skill":
      return await use((await import("./skill-kind.ts")).skillKind);
    case "workflow":
      return await use((await import("./workflow-kind.ts")).workflowKind);
    case "schedule":
      return await use((await import("./schedule-kind.ts")).scheduleKind);
  }
}
