import {
  type ResourceChange,
  ResourceEffect,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import type { Schedule } from "../../contract/gen/ai/stigmer/agentic/schedule/v1/api_pb.ts";
import { ApiResourceKind } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { CommandContext } from "../command-context.ts";
import { timeText } from "../output/time-text.ts";
import { changeName } from "./resource-change.ts";

/** Of more, nobody reads each. */
const mostTold = 20;

const effects: ReadonlySet<ResourceEffect> = new Set([
  ResourceEffect.CREATED,
  ResourceEffect.UPDATED,
]);

/** Says on stderr when the schedules that were applied just now start something by themselves. */
export async function tellFirstStarts(
  changes: readonly ResourceChange[],
  { daemon, terminal }: CommandContext,
): Promise<void> {
  const applied = changes.filter(
    ({ kind, effect }) => kind === ApiResourceKind.SCHEDULE && effects.has(effect),
  );
  if (applied.length === 0) return;
  const { scheduleKind } = await import("./schedule-kind.ts");
  for (const change of applied.slice(0, mostTold)) {
    const schedule = await scheduleKind.get(daemon, change.id || change.slug);
    terminal.say(`${changeName(change)} ${firstStartText(schedule)}`);
  }
  if (applied.length > mostTold) terminal.say("… and others: stigmer schedule list");
}

function firstStartText({ metadata, spec, status }: Schedule): string {
  const when = status?.starts === 0n ? "for the first time" : "next";
  if (status?.nextAt) return `starts ${when} at ${timeText(status.nextAt)}.`;
  if (spec?.paused !== true) return "starts next when what it started has ended.";
  return `is paused: stigmer schedule resume ${metadata?.slug ?? ""}`;
}
