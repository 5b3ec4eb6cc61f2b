import { toJson } from "@bufbuild/protobuf";
import { ResourceDocumentSchema } from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { toStigmerError } from "../../contract/errors.ts";
import type { CommandContext } from "../command-context.ts";
import { type LocatedProblem, locatedProblems } from "./locate-violations.ts";
import type { ManifestDocument } from "./manifest-document.ts";
import { manifestError, type ManifestProblem } from "./manifest-problem.ts";
import type { Manifest } from "./read-manifest.ts";
import { exchangeSet, type SendContext } from "./send-set.ts";

/**
 * The documents of a manifest in which nothing is wrong by itself. When something is, the daemon
 * looks at what has a shape, so that one kind of mistake does not hide another.
 *
 * @throws StigmerError `invalid-argument` with every mistake and where it stands; `usage` when
 * there is nothing
 */
export async function checkManifest(
  manifest: Manifest,
  context: CheckContext,
): Promise<ManifestDocument[]> {
  if (manifest.problems.length === 0) return manifest.finish();
  const { problems, documents, unreadNames } = manifest;
  const refused = await refusedByDaemon(documents, context);
  const added = refused.filter(
    (each) =>
      !problems.some((own) => isFollowing(each, own)) &&
      !(each.rule === "reference" && unreadNames.has(each.value)),
  );
  throw manifestError(manifest.inOrder([...problems, ...added]));
}

export type CheckContext = SendContext & Pick<CommandContext, "signal">;

interface RefusedValue extends LocatedProblem {
  /** What stands there; empty for what is no text. */
  readonly value: string;
}

/** Nothing when it cannot be asked: what is wrong already is worth more than that. */
async function refusedByDaemon(
  documents: readonly ManifestDocument[],
  context: CheckContext,
): Promise<RefusedValue[]> {
  if (documents.length === 0) return [];
  try {
    await exchangeSet("plan", { manifest: documents }, context);
    return [];
  } catch (thrown) {
    context.signal.throwIfAborted();
    return locatedProblems(toStigmerError(thrown), documents).map((each) => ({
      ...each,
      value: textAt(each.source, each.path),
    }));
  }
}

/** What was wrong here was left out of what the daemon saw, which it may say in its own way. */
function isFollowing({ path, document }: RefusedValue, own: ManifestProblem): boolean {
  if (own.document !== document) return false;
  return isWithin(path, own.path) || isWithin(own.path, path);
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

function textAt({ document }: ManifestDocument, path: string): string {
  const [resource] = Object.values(toJson(ResourceDocumentSchema, document) as object);
  let value: unknown = resource;
  for (const step of path.split(/[.[\]]+/).filter((each) => each !== "")) {
    value = (value as Record<string, unknown> | undefined)?.[step];
  }
  return typeof value === "string" ? value : "";
}
