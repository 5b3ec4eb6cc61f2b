import { create } from "@bufbuild/protobuf";
import { messageOf, StigmerError } from "../../../contract/errors.ts";
import { ResourceDocumentSchema } from "../../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import type { McpServerSpec } from "../../../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import { apiVersion } from "../../../contract/metadata-keys.ts";
import type { ManifestDocument } from "../../manifest/manifest-document.ts";
import { type CarriedServer, carryServer } from "./carried-server.ts";
import { variableNameOf } from "./placeholders.ts";
import { SecretVariables } from "./secret-variables.ts";

/** What became of one server of the file. */
export interface ServerReport {
  readonly server: string;
  readonly carried: boolean;
  /** What was left out or changed, and why. */
  readonly notes: readonly string[];
}

export interface McpJson {
  readonly manifest: readonly ManifestDocument[];
  readonly report: readonly ServerReport[];
}

type JsonRecord = Readonly<Record<string, unknown>>;

/** Where programs keep their servers: most of them, VS Code, its user settings. */
const places = [["mcpServers"], ["servers"], ["mcp", "servers"], ["mcp", "mcpServers"]] as const;

/**
 * Reads the servers that another program was given: `{"mcpServers": {NAME: {command, args, env} or
 * {url, headers}}}`, or `servers` and `inputs`. Comments are allowed, as those programs allow them.
 *
 * @throws StigmerError `invalid-argument` for what is no such file
 */
export function readMcpJson(file: string, text: string): McpJson {
  const root = parsed(file, text);
  const servers = serversIn(root);
  if (servers === undefined) {
    throw new StigmerError("invalid-argument", `${file} has no "mcpServers" and no "servers".`, {
      hint: "Name the file in which another program keeps its MCP servers.",
    });
  }
  const inputs = inputsOf(root);
  const secrets = new SecretVariables();
  const manifest: ManifestDocument[] = [];
  const report: ServerReport[] = [];
  for (const [server, entry] of Object.entries(servers)) {
    const { spec, notes } = isRecord(entry) ? carryServer(server, entry, secrets) : notAnEntry;
    report.push({ server, carried: spec !== undefined, notes });
    if (spec) manifest.push(documentOf(file, server, described(spec, inputs)));
  }
  return { manifest, report };
}

const notAnEntry: CarriedServer = { spec: undefined, notes: ["left out: it is no object"] };

function parsed(file: string, text: string): JsonRecord {
  try {
    const root: unknown = Bun.JSONC.parse(text.replace(/^\ufeff/, ""));
    if (isRecord(root)) return root;
  } catch (cause) {
    throw new StigmerError("invalid-argument", `${file} is no JSON: ${messageOf(cause)}`, {
      cause,
    });
  }
  throw new StigmerError("invalid-argument", `${file} holds no JSON object.`);
}

function serversIn(root: JsonRecord): JsonRecord | undefined {
  for (const path of places) {
    const found = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), root);
    if (isRecord(found)) return found;
  }
  return undefined;
}

/** What VS Code asks for, by the variable that takes its place. */
function inputsOf(root: JsonRecord): Map<string, string> {
  const inputs: unknown = root["inputs"];
  const entries = Array.isArray(inputs) ? inputs.filter(isRecord) : [];
  return new Map(
    entries.flatMap(({ id, description }) =>
      typeof id === "string" && typeof description === "string"
        ? [[variableNameOf(id), description] as const]
        : [],
    ),
  );
}

function described(spec: McpServerSpec, inputs: ReadonlyMap<string, string>): McpServerSpec {
  for (const variable of spec.variables) variable.description = inputs.get(variable.name) ?? "";
  return spec;
}

function documentOf(file: string, server: string, spec: McpServerSpec): ManifestDocument {
  const value = { apiVersion, kind: "McpServer", metadata: { name: server }, spec };
  return {
    document: create(ResourceDocumentSchema, { resource: { case: "mcpServer", value } }),
    place: `${file}: ${JSON.stringify(server)}`,
    positions: new Map(),
    keys: new Map(),
  };
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
