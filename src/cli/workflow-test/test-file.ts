import type { Json } from "../../contract/json.ts";
import type { WorkflowDefinition } from "../../workflow/definition/workflow-definition.ts";
import type { Mock } from "../../workflow/trial/trial-protocol.ts";
import type { TestCase } from "./test-file-format.ts";

/** A file of tests that can be run. */
export interface TestFile {
  readonly path: string;
  readonly workflow: { readonly path: string; readonly definition: WorkflowDefinition };
  readonly limits: { readonly timeMs: number; readonly tasks: number };
  readonly cases: readonly ReadyCase[];
  /** `FILE:LINE:COLUMN` of the value at a JSON pointer. */
  readonly place: (pointer: string) => string;
}

/** A case, with what it shares with the others of its file. */
export interface ReadyCase {
  readonly test: TestCase;
  readonly pointer: string;
  readonly mocks: readonly Mock[];
  /** Targets of mocks that all cases share: nobody has to use them. */
  readonly sharedMocks: ReadonlySet<string>;
  readonly secrets: Readonly<Record<string, Json>>;
}
