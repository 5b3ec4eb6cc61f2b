import { toJson } from "@bufbuild/protobuf";
import {
  type Environment,
  EnvironmentSchema,
} from "../../contract/gen/ai/stigmer/agentic/environment/v1/api_pb.ts";
import { EnvironmentCommandController } from "../../contract/gen/ai/stigmer/agentic/environment/v1/command_pb.ts";
import { EnvironmentQueryController } from "../../contract/gen/ai/stigmer/agentic/environment/v1/query_pb.ts";
import { renderFields } from "../output/render-fields.ts";
import { timeText } from "../output/time-text.ts";
import {
  idColumn,
  labelsColumn,
  nameColumn,
  pairsText,
  updatedColumn,
} from "./metadata-columns.ts";
import { nameOf, type ResourceKind } from "./resource-kind.ts";

export const environmentKind: ResourceKind<Environment> = {
  word: "environment",
  plural: "environments",
  list: (daemon, request) => daemon.call(EnvironmentQueryController.method.list, request),
  get: (daemon, reference) =>
    daemon.call(EnvironmentQueryController.method.getByReference, { reference }),
  remove: (daemon, value, options) =>
    daemon.call(EnvironmentCommandController.method.delete, { value }, options),
  view: {
    name: nameOf,
    json: (environment) => toJson(EnvironmentSchema, environment),
    columns: [
      nameColumn,
      {
        title: "VARIABLES",
        value: ({ spec }) => Object.keys(spec?.data ?? {}).join(", "),
        flexible: true,
      },
      { title: "DESCRIPTION", value: ({ spec }) => spec?.description ?? "", flexible: true },
      updatedColumn,
      { ...idColumn, wide: true },
      labelsColumn,
    ],
    describe: (environment, style) => renderFields(fieldsOf(environment), style),
  },
};

function fieldsOf({ metadata, spec, status }: Environment): (readonly [string, string])[] {
  const values = Object.entries(spec?.data ?? {}).map(([name, { value }]) => `${name}=${value}`);
  return [
    ["name", metadata?.name ?? ""],
    ["slug", metadata?.slug ?? ""],
    ["id", metadata?.id ?? ""],
    ["description", spec?.description ?? ""],
    ["labels", pairsText(metadata?.labels ?? {})],
    ["updated", timeText(status?.audit?.updated?.at)],
    ["values", values.join("\n")],
  ];
}
