import { create } from "@bufbuild/protobuf";
import {
  EnvironmentVariableSchema,
  type McpServerSpec,
  McpServerSpecSchema,
} from "../../../contract/gen/ai/stigmer/agentic/mcpserver/v1/spec_pb.ts";
import { unfilledPlaceholders, variableNameOf, withOurPlaceholders } from "./placeholders.ts";
import {
  isSecretAddress,
  isSecretName,
  isSecretValue,
  isUnlikelyPlain,
  secretArgument,
  withoutPlaceholders,
} from "./secret-text.ts";
import type { SecretVariables } from "./secret-variables.ts";

/** An entry of `mcpServers` as JSON has it. */
export type ServerEntry = Readonly<Record<string, unknown>>;

/** What became of a server: without a spec it is left out, for the last of the reasons. */
export interface CarriedServer {
  readonly spec: McpServerSpec | undefined;
  readonly notes: readonly string[];
}

/** What is read of an entry, by any of its names. All else is told as left out. */
const stdioFields = ["command", "args", "env", "cwd"];
const httpFields = ["url", "serverUrl", "httpUrl", "headers"];
const anyFields = ["type", "transport", "transportType", "description", "includeTools", "name"];

/** Translates one server; secrets that stand in it are left out and variables take their place. */
export function carryServer(
  name: string,
  entry: ServerEntry,
  secrets: SecretVariables,
): CarriedServer {
  return new ServerReader(name, entry, secrets).read();
}

class ServerReader {
  readonly #notes: string[] = [];
  readonly #variables = new Set<string>();

  constructor(
    private readonly name: string,
    private readonly entry: ServerEntry,
    private readonly secrets: SecretVariables,
  ) {}

  read(): CarriedServer {
    const transport = this.#transport();
    if (typeof transport === "string")
      return { spec: undefined, notes: [...this.#notes, transport] };
    const spec = create(McpServerSpecSchema, {
      transport,
      description: this.#text("description") ?? "",
      enabledTools: this.#texts("includeTools"),
      variables: [...this.#variables].map((variable) =>
        create(EnvironmentVariableSchema, { name: variable, required: true }),
      ),
    });
    const known = [...anyFields, ...(transport.case === "stdio" ? stdioFields : httpFields)];
    for (const field of Object.keys(this.entry)) {
      if (!known.includes(field)) this.#notes.push(leftOut(field, this.entry[field]));
    }
    return { spec, notes: this.#notes };
  }

  /** Or why there is none. */
  #transport() {
    const type = this.#text("type") ?? this.#text("transport") ?? this.#text("transportType") ?? "";
    if (type.toLowerCase() === "sse") {
      return "left out: it speaks SSE, which MCP has replaced; ask for its streamable HTTP address";
    }
    const url = this.#text("httpUrl") ?? this.#text("url") ?? this.#text("serverUrl");
    if (this.#text("command") !== undefined) return this.#stdio();
    if (url !== undefined) return this.#http(url);
    return "left out: it has neither a command nor a url";
  }

  #stdio() {
    const [command = "", args] = [this.#text("command"), this.#texts("args")];
    const secret = secretArgument(args);
    if (secret !== undefined) {
      return `left out: args[${secret}] looks like a secret; pass it in env, where its value is not kept`;
    }
    const workingDirectory = this.#text("cwd") ?? "";
    const fixed = [
      ["command", command],
      ["cwd", workingDirectory],
      ...args.map((text, index) => [`args[${index}]`, text]),
    ] as const;
    for (const [where = "", text = ""] of fixed) {
      this.#notes.push(...unfilledPlaceholders(text, where));
    }
    const value = { command, args, env: this.#filled("env"), workingDirectory };
    return { case: "stdio", value } as const;
  }

  #http(url: string) {
    if (isSecretAddress(url)) {
      return "left out: its url holds what looks like a secret; pass it in a header";
    }
    if (/\/sse\/?$/.test(url)) {
      this.#notes.push("its url looks like one of SSE, which MCP has replaced by streamable HTTP");
    }
    this.#notes.push(...unfilledPlaceholders(url, "url"));
    return { case: "http", value: { url, headers: this.#filled("headers") } } as const;
  }

  /** The texts of `env` or `headers`, without secrets. */
  #filled(field: "env" | "headers"): Record<string, string> {
    const given = this.entry[field];
    const texts: Record<string, string> = {};
    for (const [key, value] of Object.entries(isObject(given) ? given : {})) {
      const where = `${field}.${key}`;
      if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
        texts[key] = this.#safe(String(value), { key, where });
      } else this.#notes.push(`${where} is left out: it is no text`);
    }
    return texts;
  }

  #safe(text: string, { key, where }: { readonly key: string; readonly where: string }): string {
    const filled = withOurPlaceholders(text, where);
    this.#notes.push(...filled.notes);
    for (const variable of filled.variables) this.#variables.add(variable);
    const [, scheme = "", rest = ""] = /^((?:Bearer|Basic|Token) )?(.*)$/is.exec(filled.text) ?? [];
    const literal = withoutPlaceholders(rest);
    const isSecret = isSecretValue(literal) || (isSecretName(key) && isUnlikelyPlain(literal));
    if (!isSecret) return filled.text;
    const named = key.replaceAll(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)/, "_");
    const wanted = where.startsWith("env.")
      ? named
      : `${variableNameOf(this.name)}_${named.toUpperCase()}`;
    const variable = this.secrets.nameFor(this.name, wanted, rest);
    this.#variables.add(variable);
    this.#notes.push(`${where} looks like a secret: its value is not kept, supply ${variable}`);
    return `${scheme}\${${variable}}`;
  }

  #text(field: string): string | undefined {
    const value = this.entry[field];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  #texts(field: string): string[] {
    const value = this.entry[field];
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    return list.map(String);
  }
}

function leftOut(field: string, value: unknown): string {
  if (field === "disabled") {
    return value === true
      ? "disabled is left out: agents use only servers that they name"
      : "disabled is left out";
  }
  return `${field} is left out`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
