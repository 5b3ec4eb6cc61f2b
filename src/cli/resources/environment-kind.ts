import {
  type Environment,
  EnvironmentSchema,
} from "../../contract/gen/ai/stigmer/agentic/environment/v1/api_pb.ts";
import { definitionKind } from "./definition-kind.ts";

export const environmentKind = definitionKind(EnvironmentSchema, {
  word: "environment",
  plural: "environments",
  columns: [
    {
      title: "VARIABLES",
      value: ({ spec }) => Object.keys(spec?.data ?? {}).join(", "),
      flexible: true,
    },
    { title: "DESCRIPTION", value: ({ spec }) => spec?.description ?? "", flexible: true },
  ],
  fields: ({ spec }) => [["description", spec?.description ?? ""]],
  text: (environment) => ["values", valuesOf(environment)],
});

function valuesOf({ spec }: Environment): string {
  const values = Object.entries(spec?.data ?? {});
  return values.map(([name, { value }]) => `${name}=${value}`).join("\n");
}
