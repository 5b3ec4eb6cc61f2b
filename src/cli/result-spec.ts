/**
 * Documents that are no message of the contract; `scripts/reference/document-schemas.ts` has their
 * fields. `error` is what a failure prints on stderr, `resource` a resource of any kind.
 */
export type DocumentName =
  | "access-token"
  | "api-answer"
  | "completion-script"
  | "context"
  | "context-deletion"
  | "daemon-log"
  | "daemon-stop"
  | "described-resource"
  | "doctor-check"
  | "error"
  | "execution-record"
  | "explanation"
  | "import-report"
  | "identity"
  | "logout"
  | "new-project"
  | "resource"
  | "script-server"
  | "session-record"
  | "setting"
  | "setting-explanation"
  | "version"
  | "workflow-check"
  | "workflow-test-case";

/** A message of the contract by its full name, in proto3 JSON, or a document of our own. */
export type ResultType = `ai.stigmer.${string}` | DocumentName;

/**
 * What a command prints with `-o json`: `item` one; `items` one, or
 * `{"items": […]}` of several; `page` always `{"items": […]}`, with a `nextPageToken` where there
 * are more; `item-or-page` the one that was named, or a page.
 *
 * `docs/schemas/` has a JSON Schema of each, and a test holds the real output against it.
 */
export interface ResultSpec {
  readonly form: "item" | "items" | "page" | "item-or-page";
  readonly of: ResultType;
  /** What stands on a line of `-o jsonl` where it is not the item: events, rows. */
  readonly lines?: readonly ResultType[];
}
