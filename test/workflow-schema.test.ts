import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import type { Json } from "../src/contract/json.ts";
import { readWorkflow } from "../src/workflow/read-workflow.ts";
import { workflowDefinitions } from "./support/workflow-definitions.ts";

setDefaultTimeout(120_000);

/** What the schema cannot say, and what this version does not run. */
const beyondTheSchema = new Set([
  "expression",
  "flow",
  "limit",
  "not-supported",
  "secret",
  "unique",
  "unknown-name",
]);

/** What the schema lets be empty, though there would be nothing to do. */
const nothingToDo = [
  / "(authority|grant)" is missing$/,
  /^\/schedule takes one of /,
  /\/listen\/to\/all is an empty list$|^\/schedule\/on\/all is an empty list$/,
  /\/until\/all is an empty list$/,
  /\/emit\/event "with" is missing$/,
];

describe("the schema of the specification, 1.0.3,", () => {
  let accepts: ValidateFunction;
  beforeAll(async () => {
    const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
    accepts = ajv.compile(await officialSchema());
  });

  test("accepts what we generate", () => {
    fc.assert(
      fc.property(workflowDefinitions, (definition) => {
        expect(accepts(definition) ? [] : accepts.errors).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("accepts nothing that we refuse when a member is missing, but for what it cannot say", () => {
    let accepted = 0;
    fc.assert(
      fc.property(workflowDefinitions, (definition) => {
        for (const changed of withoutEachMember(definition)) {
          if (!accepts(changed)) continue;
          accepted++;
          expect(refusedOf(changed)).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
    expect(accepted).toBeGreaterThan(1_000);
  });
});

function refusedOf(definition: Json): string[] {
  return readWorkflow(definition)
    .findings.filter(({ severity, rule }) => severity === "error" && !beyondTheSchema.has(rule))
    .map(({ pointer, message }) => `${pointer} ${message}`)
    .filter((found) => !nothingToDo.some((form) => form.test(found)));
}

function* withoutEachMember(definition: Json): Generator<Json> {
  const count = [...membersOf(definition)].length;
  for (let index = 0; index < count; index++) {
    const changed = structuredClone(definition);
    const [parent, key] = [...membersOf(changed)][index]!;
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else Reflect.deleteProperty(parent, key);
    yield changed;
  }
}

function* membersOf(value: Json): Generator<[object, string]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    yield [value, key];
    yield* membersOf(member);
  }
}

/** As the TypeScript SDK of the specification carries it, read without running the SDK. */
async function officialSchema(): Promise<{ [key: string]: Json }> {
  // Bun resolves what a test would load, which may be either form of the package.
  const sdk = fileURLToPath(import.meta.resolve("@serverlessworkflow/sdk"));
  const code = readFileSync(sdk, "utf8");
  const literal = /^var workflow_default = (\{[\s\S]*?^\});$/m.exec(code)?.[1];
  if (literal === undefined) throw new Error("the SDK holds its schema in another way");
  const folder = mkdtempSync(join(tmpdir(), "schema-"));
  try {
    writeFileSync(join(folder, "schema.mjs"), `export default ${literal};`);
    const { default: schema } = (await import(join(folder, "schema.mjs"))) as {
      default: { [key: string]: Json };
    };
    return schema;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
