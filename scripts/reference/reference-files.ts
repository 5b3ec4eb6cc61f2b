import { commandReference } from "./command-reference.ts";
import { resultSchemas } from "./result-schemas.ts";
import { settingsReference } from "./settings-reference.ts";

/** Where the schemas of results are; the folder holds nothing else. */
export const schemaFolder = "docs/schemas/";

/** Every page that is made from a table: path in the repository → text. */
export function referenceFiles(): ReadonlyMap<string, string> {
  const schemas = [...resultSchemas()].map(
    ([file, schema]) =>
      [`${schemaFolder}${file}`, `${JSON.stringify(schema, undefined, 2)}\n`] as const,
  );
  return new Map([
    ["docs/cli.md", commandReference()],
    ["docs/settings.md", settingsReference()],
    ...schemas,
  ]);
}
