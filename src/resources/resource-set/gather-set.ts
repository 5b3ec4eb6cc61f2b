import { create, toBinary } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import {
  type ResourceSet,
  ResourceSetSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";

/** What one set may hold: settings of the daemon. */
export interface SetLimits {
  readonly documents: number;
  readonly bytes: number;
}

/**
 * The set that its parts are together.
 *
 * @throws StigmerError what a part is refused with, its documents counted over the whole set;
 * `resource-exhausted` for more than the limits allow; `invalid-argument` for parts that prune
 * different labels.
 */
export async function gatherSet(
  parts: AsyncIterable<ResourceSet>,
  limits: SetLimits,
): Promise<ResourceSet> {
  const set = create(ResourceSetSchema);
  let bytes = 0;
  try {
    for await (const part of parts) {
      bytes += toBinary(ResourceSetSchema, part).byteLength;
      add(set, part);
      refuseTooMuch(set.documents.length, bytes, limits);
    }
  } catch (thrown) {
    throw counted(thrown, set);
  }
  return set;
}

function add(set: ResourceSet, part: ResourceSet): void {
  const { documents, skillVersions, pruneSelector, imported } = part;
  const differs = set.pruneSelector !== "" && set.pruneSelector !== pruneSelector;
  if (pruneSelector !== "" && differs) {
    const message = `is "${pruneSelector}" here and "${set.pruneSelector}" in an earlier part`;
    throw new StigmerError("invalid-argument", `pruneSelector: ${message}`, {
      hint: "say it in one part of the set",
      violations: [{ field: "pruneSelector", rule: "unique", message }],
    });
  }
  set.pruneSelector ||= pruneSelector;
  set.imported ||= imported;
  // Not spread into one call: a set may hold more than a call takes arguments.
  for (const document of documents) set.documents.push(document);
  for (const version of skillVersions) set.skillVersions.push(version);
}

function refuseTooMuch(documents: number, bytes: number, limits: SetLimits): void {
  if (documents > limits.documents) {
    throw tooMuch(`more than ${limits.documents} resources`, "limits.setDocuments");
  }
  if (bytes > limits.bytes) {
    throw tooMuch(`more than ${limits.bytes} bytes of resources`, "limits.setBytes");
  }
}

function tooMuch(what: string, setting: string): StigmerError {
  return new StigmerError("resource-exhausted", `the set holds ${what}`, {
    hint: `divide it, or raise the limit: stigmer config set ${setting} …`,
  });
}

const itemIndex = /^(documents|skillVersions)\[(\d+)\]/;

/** A part is checked for itself: its first document is one more than those `before`. */
function counted(thrown: unknown, { documents, skillVersions }: ResourceSet): unknown {
  if (!(thrown instanceof StigmerError)) return thrown;
  const before: Readonly<Record<string, number>> = {
    documents: documents.length,
    skillVersions: skillVersions.length,
  };
  const shift = (text: string): string =>
    text.replace(
      itemIndex,
      (_, list: string, index) => `${list}[${Number(index) + (before[list] ?? 0)}]`,
    );
  const { code, message, hint, violations } = thrown;
  return new StigmerError(code, shift(message), {
    violations: violations.map((each) => ({ ...each, field: shift(each.field) })),
    ...(hint === undefined ? {} : { hint }),
    cause: thrown,
  });
}
