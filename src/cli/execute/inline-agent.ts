import { clone, create } from "@bufbuild/protobuf";
import { StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { Agent } from "../../contract/gen/ai/stigmer/agentic/agent/v1/api_pb.ts";
import {
  type AgentMcpServer,
  AgentMcpServerSchema,
  InlineMcpServerSchema,
} from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import {
  type InlineAgent,
  InlineAgentSchema,
} from "../../contract/gen/ai/stigmer/agentic/agentexecution/v1/spec_pb.ts";
import type { McpServer } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/api_pb.ts";
import type { InputSource } from "../input/read-text.ts";
import { locateViolations } from "../manifest/locate-violations.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { readManifest } from "../manifest/read-manifest.ts";

/** An agent of a file, to be run without storing it. */
export interface FileAgent {
  readonly inlineAgent: InlineAgent;
  /** What the daemon refused of it, with the places in the file. */
  readonly located: (thrown: unknown) => StigmerError;
}

/**
 * Reads the one agent of a file. MCP servers of the same file become a part of it.
 *
 * @throws StigmerError `invalid-argument` with every mistake and where it stands; `usage` when the
 * file holds anything else
 */
export async function readFileAgent(file: string, source: InputSource): Promise<FileAgent> {
  const documents = await readManifest([file], source);
  const [agent, second] = documents.filter(({ document }) => document.resource.case === "agent");
  if (agent?.document.resource.case !== "agent" || second) throw notOneAgent(file, second);
  const { metadata, spec } = agent.document.resource.value;
  const rest = documents.filter((each) => each !== agent);
  const inlineAgent = create(InlineAgentSchema, {
    name: nameOf({ metadata }),
    ...(spec && { spec: { ...spec, mcpServers: withServers(spec.mcpServers, rest) } }),
  });
  return { inlineAgent, located: (thrown) => locateAgent(thrown, agent) };
}

/** The servers of an agent, those that the file holds in place of references to them. */
function withServers(
  servers: readonly AgentMcpServer[],
  documents: readonly ManifestDocument[],
): AgentMcpServer[] {
  const unused = new Set(documents);
  const used = servers.map((server) => {
    const found = documents.find((each) => isServer(each, server.server.value));
    const resource = found?.document.resource;
    if (server.server.case !== "ref" || !found || resource?.case !== "mcpServer") return server;
    unused.delete(found);
    const { spec } = resource.value;
    const value = create(InlineMcpServerSchema, {
      name: nameOf(resource.value),
      ...(spec && { spec }),
    });
    const own = clone(AgentMcpServerSchema, server);
    own.server = { case: "inline", value };
    return own;
  });
  const [stray] = unused;
  if (stray) throw strayDocument(stray);
  return used;
}

function isServer({ document }: ManifestDocument, reference: unknown): boolean {
  if (document.resource.case !== "mcpServer") return false;
  const { slug, name } = document.resource.value.metadata ?? {};
  return reference !== "" && (reference === slug || reference === name);
}

function nameOf({ metadata }: Pick<Agent | McpServer, "metadata">): string {
  return metadata?.slug || metadata?.name || "";
}

/** The daemon saw an execution, its user a file. */
function locateAgent(thrown: unknown, agent: ManifestDocument): StigmerError {
  const error = toStigmerError(thrown);
  const violations = error.violations.map((violation) => ({
    ...violation,
    field: violation.field.replace(/^spec\.inlineAgent\./, "documents[0].agent."),
  }));
  const { code, message, hint, cause } = error;
  const details = { violations, cause, ...(hint === undefined ? {} : { hint }) };
  const located = locateViolations(new StigmerError(code, message, details), [agent]);
  return located.message === message ? error : located;
}

function notOneAgent(file: string, second: ManifestDocument | undefined): StigmerError {
  const message = second
    ? `${second.place}: ${file} holds a second agent, and one is run.`
    : `${file} holds no agent.`;
  return new StigmerError("usage", message, {
    hint: second ? applyHint(file) : "It needs a document with kind: Agent.",
  });
}

function strayDocument({ place, document }: ManifestDocument): StigmerError {
  const what = document.resource.value?.kind || document.resource.case;
  const message = `${place}: ${what}: only MCP servers that the agent uses can stand beside it.`;
  return new StigmerError("usage", message, { hint: applyHint(place.replace(/:\d+:\d+$/, "")) });
}

function applyHint(file: string): string {
  return `store them first: stigmer apply -f ${file}, then stigmer agent execute NAME`;
}
