import { type JsonObject, type JsonValue, toJson } from "@bufbuild/protobuf";
import {
  type FieldChange,
  FieldChangeSchema,
  type ResourceChange,
  ResourceChangeSchema,
  type ResourceDocument,
  ResourceDocumentSchema,
  ResourceEffect,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { kindOf } from "../../contract/kinds.ts";
import { withoutControls } from "../output/display-width.ts";
import type { Output, TextStyle } from "../output/output.ts";

const effectWords: Readonly<Record<ResourceEffect, string>> = {
  [ResourceEffect.UNSPECIFIED]: "handled",
  [ResourceEffect.CREATED]: "created",
  [ResourceEffect.UPDATED]: "updated",
  [ResourceEffect.UNCHANGED]: "unchanged",
  [ResourceEffect.DELETED]: "deleted",
};

/** Values longer than this are cut in a sentence. */
const shownLength = 60;

/** `agent/reviewer`: what a set changes is of several kinds. */
export function changeName({ kind, slug }: ResourceChange): string {
  return `${kindOf(kind).info.name.toLowerCase()}/${slug}`;
}

export function isChange({ effect }: ResourceChange): boolean {
  return effect !== ResourceEffect.UNCHANGED;
}

/** A sentence for each resource of a set, with the fields that were changed. */
export function changesOutput(changes: readonly ResourceChange[], suffix = ""): Output {
  const documents = () => changes.map((change) => toJson(ResourceChangeSchema, change));
  return {
    json: () => ({ changes: documents() }),
    jsonLines: documents,
    names: () => changes.map(changeName),
    text: (style) =>
      changes
        .flatMap((change) => [
          `${changeName(change)} ${effectWords[change.effect]}${suffix}`,
          ...change.fields.map((field) => `  ${fieldText(field, style)}`),
        ])
        .map((line) => `${line}\n`)
        .join(""),
  };
}

/** What a user writes of a resource: the rest is the daemon's. Undefined for what is not there. */
export function writtenPart(document: ResourceDocument | undefined): JsonObject | undefined {
  if (!document) return undefined;
  const [resource] = Object.values(toJson(ResourceDocumentSchema, document) as JsonObject);
  const { apiVersion = "", kind = "", metadata, spec = {} } = resource as JsonObject;
  const { name, slug, labels, annotations, tags } = (metadata ?? {}) as JsonObject;
  const written = { name, slug, labels, annotations, tags };
  const given = Object.entries(written).filter(([, value]) => value !== undefined);
  return { apiVersion, kind, metadata: Object.fromEntries(given) as JsonObject, spec };
}

function fieldText(field: FieldChange, style: TextStyle): string {
  const json = toJson(FieldChangeSchema, field) as JsonObject;
  const [old, next] = [valueText(json["old"]), valueText(json["new"])];
  const text = `${field.path}: ${old} → ${next}`;
  return style.terminal ? withoutControls(text) : text;
}

function valueText(value: JsonValue | undefined): string {
  if (value === undefined) return "(nothing)";
  const text = JSON.stringify(value);
  return text.length > shownLength ? `${text.slice(0, shownLength).toWellFormed()}…` : text;
}
