import {
  type DescMessage,
  type DescMethodUnary,
  type MessageShape,
  toJson,
} from "@bufbuild/protobuf";
import type {
  ApiResourceListRequestSchema,
  ApiResourceReferenceSchema,
} from "../../contract/gen/ai/stigmer/commons/apiresource/v1/io_pb.ts";
import { type Kind, kinds } from "../../contract/kinds.ts";
import type { Column, TextStyle } from "../output/output.ts";
import { renderFields } from "../output/render-fields.ts";
import { timeText } from "../output/time-text.ts";
import {
  type AuditedResource,
  idColumn,
  labelsColumn,
  nameColumn,
  pairsText,
  shortRevision,
  updatedColumn,
} from "./metadata-columns.ts";
import { nameOf, type ResourceKind, type ResourcePage } from "./resource-kind.ts";

/** How a kind that users write looks, besides what all of them have. */
export interface DefinitionView<T> {
  readonly word: string;
  readonly plural: string;
  /** Between the name and the time of the last change. */
  readonly columns: readonly Column<T>[];
  /** Between the id and the labels. */
  readonly fields: (resource: T, style: TextStyle) => readonly (readonly [string, string])[];
  /** Last, because it may be long. */
  readonly text?: (resource: T) => readonly [string, string];
}

/** A kind whose services have the generic verbs, by the schema of its message. */
export function definitionKind<S extends DescMessage>(
  schema: S,
  { word, plural, columns, fields, text }: DefinitionView<MessageShape<S>>,
): ResourceKind<MessageShape<S> & AuditedResource> {
  type T = MessageShape<S> & AuditedResource;
  const kind = kindOfMessage(schema);
  const list = kind.query.method["list"] as DescMethodUnary<typeof ApiResourceListRequestSchema>;
  const get = kind.query.method["getByReference"] as DescMethodUnary<
    typeof ApiResourceReferenceSchema
  >;
  const remove = kind.command.method["delete"] as DescMethodUnary;
  return {
    word,
    plural,
    list: async (daemon, request) =>
      (await daemon.call(list, request)) as unknown as ResourcePage<T>,
    get: async (daemon, reference) => (await daemon.call(get, { reference })) as T,
    remove: async (daemon, value, options) => (await daemon.call(remove, { value }, options)) as T,
    view: {
      name: nameOf,
      json: (resource) => toJson(schema, resource),
      columns: [nameColumn, ...columns, updatedColumn, { ...idColumn, wide: true }, labelsColumn],
      describe: (resource, style) =>
        renderFields(
          [
            ["name", resource.metadata?.name ?? ""],
            ["slug", resource.metadata?.slug ?? ""],
            ["id", resource.metadata?.id ?? ""],
            ...fields(resource, style),
            ["labels", pairsText(resource.metadata?.labels ?? {})],
            ["revision", shortRevision(resource.metadata?.revision ?? "")],
            ["created", timeText(resource.status?.audit?.created?.at)],
            ["updated", timeText(resource.status?.audit?.updated?.at)],
            ...(text ? [text(resource)] : []),
          ],
          style,
        ),
    },
  };
}

function kindOfMessage(schema: DescMessage): Kind {
  const found = kinds.find(({ message }) => message === schema);
  if (!found) throw new Error(`${schema.typeName} is no kind`);
  return found;
}
