import type { Json } from "../../contract/json.ts";

/** Why a case is not as it should be. */
export interface Problem {
  /** What it is about: `output`, `calls.ask`, `mocks.ask`, `journal`. */
  readonly what: string;
  readonly message: string;
  /** Of a comparison; shown as a diff. */
  readonly compared?: { readonly expected: Json; readonly actual: Json };
}
