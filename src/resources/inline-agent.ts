import { create, toBinary } from "@bufbuild/protobuf";
import { StigmerError, toStigmerError } from "../contract/errors.ts";
import { type Agent, AgentSchema } from "../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import { AgentSpecSchema } from "../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import type { InlineAgent } from "../contract/gen/ai/stigmer/agentic/agentexecution/v1/spec_pb.ts";
import { ApiResourceKind } from "../contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import type { PinnedRevision } from "../store/operations/execution-operations.ts";
import type { StoreReader } from "../store/store.ts";
import { rulesOf } from "./kind-rules.ts";
import { revisionHash } from "./revision.ts";

/** An agent that is not stored: without an id, its revision all that is kept of it. */
export interface UnstoredAgent {
  readonly agent: Agent;
  /** To be stored with whatever is pinned to it. */
  readonly pin: PinnedRevision;
}

/** Where an execution holds it. */
export const inlineAgentField = "spec.inlineAgent";

/** Checks the definition as if it were to be stored. Throws `invalid-argument`. */
export function unstoredAgent(read: StoreReader, { name, spec }: InlineAgent): UnstoredAgent {
  const written = spec ?? create(AgentSpecSchema);
  const hash = revisionHash(AgentSpecSchema, written);
  const agent = create(AgentSchema, {
    metadata: { name, slug: name, revision: hash },
    spec: written,
  });
  check(read, agent);
  const body = toBinary(AgentSpecSchema, written);
  return { agent, pin: { kind: ApiResourceKind.AGENT, hash, body } };
}

/** As the rules of a stored one, with the place where this one stands. */
function check(read: StoreReader, agent: Agent): void {
  try {
    rulesOf(ApiResourceKind.AGENT).check?.(agent, read);
  } catch (thrown) {
    const { code, message, hint, violations } = toStigmerError(thrown);
    throw new StigmerError(code, message, {
      violations: violations.map((each) => ({
        ...each,
        field: `${inlineAgentField}.${each.field}`,
      })),
      ...(hint === undefined ? {} : { hint }),
      cause: thrown,
    });
  }
}
