import type { ApiResourceAudit } from "../../contract/gen/ai/stigmer/commons/apiresource/v1/metadata_pb.ts";
import type { Column } from "../output/output.ts";
import { ageText } from "../output/time-text.ts";
import { nameOf, type Resource } from "./resource-kind.ts";

export interface AuditedResource extends Resource {
  status?: { audit?: ApiResourceAudit | undefined } | undefined;
}

export const nameColumn: Column<Resource> = { title: "NAME", value: nameOf };

export const idColumn: Column<Resource> = {
  title: "ID",
  value: ({ metadata }) => metadata?.id ?? "",
};

export const labelsColumn: Column<Resource> = {
  title: "LABELS",
  value: ({ metadata }) => pairsText(metadata?.labels ?? {}),
  wide: true,
  flexible: true,
};

export const updatedColumn: Column<AuditedResource> = {
  title: "UPDATED",
  value: ({ status }, style) => ageText(status?.audit?.updated?.at, style),
  spare: true,
};

export const createdColumn: Column<AuditedResource> = {
  title: "CREATED",
  value: ({ status }, style) => ageText(status?.audit?.created?.at, style),
  spare: true,
};

export function pairsText(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");
}

/** As people name it; `-o json` has all of it. */
export function shortRevision(revision: string): string {
  return revision.slice(0, 12);
}
