import type { Json } from "../../../contract/json.ts";
import type { AuthenticationPolicy } from "../../../workflow/definition/authentication.ts";
import type { ShownProgram } from "../../../system/consent-store.ts";
import type { McpHost, McpServerDefinition } from "../../mcp/server-definition.ts";
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
  /** What MCP servers need of the process that they run in. */
  readonly mcp: McpHost;
  /** Where programs start. Absolute. */
  readonly folder: string;
  /** A stored MCP server with its values filled in. @throws WorkflowFailure configuration */
  mcpServer(name: string): Promise<McpServerDefinition>;
  /** Whether the user consented to exactly this program, or to whatever this execution runs. */
  hasConsent(program: ShownProgram): boolean;
  /** The value of a declared secret: a text, or a map. @throws WorkflowFailure authorization */
  secret(name: string): Promise<Json>;
}
