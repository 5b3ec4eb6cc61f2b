import type { Session } from "../../contract/gen/ai/stigmer/agentic/session/v1/api_pb.ts";
import { processVariables } from "../../system/environment.ts";
import { runningChannel } from "../connect/running-channel.ts";
import { cutToWidth, withoutControls } from "../output/display-width.ts";
import { nameOf, type Resource, type ResourceLister } from "../resources/resource-kind.ts";
import { withKind } from "../resources/with-kind.ts";
import type { Candidate, NameSource } from "./candidates.ts";

type StoredSource = Extract<NameSource, { from: "resources" | "sessions" | "executions" }>;

/** A shell waits for this with every press of Tab: from the start of the process to its end. */
const patienceMs = 200;
/** What a daemon that answers needs, however long the start took. */
const shortestMs = 150;
/** Milliseconds that the end of the process takes. */
const endMs = 10;

const namesPageSize = 500;
/** Of what has ids: nobody looks for one that is further back. */
const idsPageSize = 50;
const meaningWidth = 60;

/** Names of what the daemon stores, newest first; none without a daemon, or from one that is slow. */
export async function storedNames(source: StoredSource): Promise<Candidate[]> {
  const opened = await runningChannel(processVariables(), timeLeft());
  if (!opened) return [];
  using channel = opened;
  // From the call on: loading what makes it is not the daemon's time.
  const daemon: ResourceLister = {
    call: (method, request) => channel.unary(method, request, { signal: timeLeft() }),
  };
  return await ask(source, daemon);
}

function timeLeft(): AbortSignal {
  const leftMs = Math.floor(patienceMs - endMs - performance.now());
  return AbortSignal.timeout(Math.max(shortestMs, leftMs));
}

async function ask(source: StoredSource, daemon: ResourceLister): Promise<Candidate[]> {
  switch (source.from) {
    case "resources":
      return await withKind(source.kind, async (kind) => {
        const { items } = await kind.list(daemon, { pageSize: namesPageSize });
        return items.map(candidateOf);
      });
    case "sessions": {
      const { sessionKind } = await import("../resources/session-kind.ts");
      const { items } = await sessionKind.list(daemon, { pageSize: idsPageSize });
      return withNewest(items.map(sessionCandidate));
    }
    case "executions":
      return withNewest(await executionCandidates(daemon));
  }
}

interface DescribedResource extends Resource {
  readonly spec?: { readonly description?: string } | undefined;
}

function candidateOf(resource: DescribedResource): Candidate {
  return { word: nameOf(resource), meaning: shortened(resource.spec?.description ?? "") };
}

function sessionCandidate(session: Session): Candidate {
  const { agent = "", title = "" } = session.spec ?? {};
  return { word: nameOf(session), meaning: shortened(`${agent} ${title}`) };
}

async function executionCandidates(daemon: ResourceLister): Promise<Candidate[]> {
  const [{ ExecutionQueryController }, { agentOf, phaseText }] = await Promise.all([
    import("../../contract/gen/ai/stigmer/agentic/execution/v1/query_pb.ts"),
    import("../resources/execution-view.ts"),
  ]);
  const request = { page: { pageSize: idsPageSize } };
  const { items } = await daemon.call(ExecutionQueryController.method.list, request);
  return items.flatMap(({ execution: { case: kind, value } }) => {
    if (kind !== "agentExecution") return [];
    const phase = phaseText(value.status?.phase);
    const meaning = `${agentOf(value)} ${phase}: ${value.spec?.message ?? ""}`;
    return [{ word: nameOf(value), meaning: shortened(meaning) }];
  });
}

function withNewest(candidates: readonly Candidate[]): Candidate[] {
  return [{ word: "@last", meaning: "the newest" }, ...candidates];
}

/** Text of others on one line, without anything that a terminal would act on. */
function shortened(text: string): string {
  return cutToWidth(withoutControls(text.replaceAll(/\s+/g, " ").trim()), meaningWidth);
}
