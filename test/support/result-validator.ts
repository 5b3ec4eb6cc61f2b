import { Ajv2020 } from "ajv/dist/2020.js";
import { commandTable } from "../../src/cli/command-table.ts";
import type { ResultSpec } from "../../src/cli/result-spec.ts";
import {
  lineSchemaFilesOf,
  resultSchemas,
  schemaFileOf,
} from "../../scripts/reference/result-schemas.ts";

/** Holds the output of commands against the schemas of their results. */
export class ResultValidator {
  readonly #ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    // Properties of a oneof are required in a part of the schema that does not declare them.
    strictRequired: false,
    formats: { "date-time": (text: string) => !Number.isNaN(Date.parse(text)) },
  });

  constructor() {
    for (const [file, schema] of resultSchemas()) this.#ajv.addSchema(schema, file);
  }

  /** What is wrong with the document of a command; nothing when it fits. */
  problems(path: string, document: unknown): string[] {
    return this.problemsBy(schemaFileOf(resultOf(path)), document);
  }

  /** What is wrong with a line of `-o jsonl`; nothing when it fits one of its schemas. */
  lineProblems(path: string, line: unknown): string[] {
    const found = lineSchemaFilesOf(resultOf(path)).map((file) => this.problemsBy(file, line));
    return found.find((problems) => problems.length === 0) ?? found.flat();
  }

  /** @param file name of a schema in `docs/schemas/` */
  problemsBy(file: string, document: unknown): string[] {
    const validate = this.#ajv.getSchema(file);
    if (!validate) return [`there is no schema ${file}`];
    if (validate(document) === true) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath || "/"} ${message} ${JSON.stringify(params)} (${file})`,
    );
  }
}

function resultOf(path: string): ResultSpec {
  const command = commandTable.find((each) => each.path.join(" ") === path);
  if (!command) throw new Error(`There is no command ${path}.`);
  return command.result;
}
