import type { Json } from "../../../contract/json.ts";
import type { AuthenticationPolicy } from "../../../workflow/definition/authentication.ts";
import type { CallLimits } from "./call-limits.ts";
import type { KeptDocuments } from "./kept-documents.ts";
import type { TokenCache } from "./token-cache.ts";

/** What calls of one execution need of their surroundings. */
export interface CallHost {
  readonly executionId: string;
  /** `use.authentications` of the definition. */
  readonly authentications: ReadonlyMap<string, AuthenticationPolicy>;
  readonly limits: CallLimits;
  /** Documents that calls read, for as long as the execution is held. */
  readonly documents: KeptDocuments;
  readonly tokens: TokenCache;
  /** The value of a declared secret: a text, or a map. @throws WorkflowFailure authorization */
  secret(name: string): Promise<Json>;
}
