import {
  type ResourceDocument,
  ResourceDocumentSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import type { AgentSpec } from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import type { McpServerSpec } from "../../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import { type ModelProviderName, modelProviders } from "../../contract/model-providers.ts";
import type { Terminal } from "../terminal.ts";
import { documentName } from "./document-name.ts";
import { hasUnknownFields } from "./unknown-fields.ts";

/** Who needs something, by what is needed. */
type Needs = Map<string, Set<string>>;

const placeholder = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * Finds what a set of definitions needs and does not hold: values of variables, keys of model
 * providers. Names only; nothing of the definitions is kept.
 */
export class NeededSupplies {
  readonly #variables: Needs = new Map();
  readonly #optional: Needs = new Map();
  readonly #providers: Needs = new Map();
  readonly #supplied = new Set<string>();
  readonly #unknown: string[] = [];

  add(document: ResourceDocument): void {
    const { resource } = document;
    const who = documentName(document);
    if (hasUnknownFields(ResourceDocumentSchema, document)) this.#unknown.push(who);
    if (resource.case === "environment") {
      for (const name of Object.keys(resource.value.spec?.data ?? {})) this.#supplied.add(name);
    } else if (resource.case === "mcpServer") this.#addServer(resource.value.spec, who);
    else if (resource.case === "agent") this.#addAgent(resource.value.spec, who);
  }

  /** Resources with fields that only a newer version knows, which a file cannot hold. */
  get unknownFields(): readonly string[] {
    return this.#unknown;
  }

  /** A line each: `TOKEN: for mcpserver/tracker`. */
  #lines(): string[] {
    const missing = (needs: Needs): [string, Set<string>][] =>
      [...needs].filter(([name]) => !this.#supplied.has(name)).toSorted(byName);
    const optional = missing(this.#optional).filter(([name]) => !this.#variables.has(name));
    return [
      ...missing(this.#variables).map(([name, who]) => `${name}: for ${listed(who)}`),
      ...optional.map(([name, who]) => `${name}: for ${listed(who)}, optional`),
      ...[...this.#providers]
        .toSorted(byName)
        .map(([name, who]) => `a key for the models of ${name}: for ${listed(who)}`),
    ];
  }

  /** Says what is needed, under a title; nothing when nothing is. */
  tell(terminal: Terminal, title: string): void {
    const lines = this.#lines();
    if (lines.length > 0) terminal.say(title);
    for (const line of lines) terminal.say(`  ${line}`);
  }

  #addAgent(spec: AgentSpec | undefined, who: string): void {
    for (const model of [spec?.model ?? "", ...(spec?.fallbackModels ?? [])]) {
      const provider = model.slice(0, Math.max(0, model.indexOf("/")));
      if (isProvider(provider) && modelProviders[provider].needsKey) {
        note(this.#providers, provider, who);
      }
    }
    for (const { server } of spec?.mcpServers ?? []) {
      if (server.case === "inline") this.#addServer(server.value.spec, who);
    }
  }

  #addServer(spec: McpServerSpec | undefined, who: string): void {
    for (const { name, required } of spec?.variables ?? []) {
      note(required ? this.#variables : this.#optional, name, who);
    }
    for (const text of templatesOf(spec)) {
      for (const [, name = ""] of text.matchAll(placeholder)) note(this.#variables, name, who);
    }
  }
}

/** Texts in which `${NAME}` stands for a value. */
function templatesOf(spec: McpServerSpec | undefined): string[] {
  const transport = spec?.transport;
  if (transport?.case === undefined) return [];
  const { value } = transport;
  return Object.values("headers" in value ? value.headers : value.env);
}

function isProvider(name: string): name is ModelProviderName {
  return Object.hasOwn(modelProviders, name);
}

function note(needs: Needs, name: string, who: string): void {
  const known = needs.get(name);
  if (known) known.add(who);
  else needs.set(name, new Set([who]));
}

/** How many are named; the others are counted. */
const shown = 3;

function listed(who: ReadonlySet<string>): string {
  const names = [...who];
  const more = names.length > shown ? ` and ${names.length - shown} more` : "";
  return `${names.slice(0, shown).join(", ")}${more}`;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
