import { ApiResourceKind } from "../../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { type Kind, kindOf, kinds } from "../../src/contract/kinds.ts";
import type { Resource } from "../../src/resources/resource.ts";
import { DaemonHome } from "../support/daemon-home.ts";
import type { DaemonProcess } from "../support/daemon-process.ts";
import { ExecutionClient } from "./execution-client.ts";
import { KindClient, type ResourceInit } from "./kind-client.ts";
import { type Existing, skillText } from "./valid-specs.ts";

/** Kinds that are nothing but resources: an execution does something besides. */
export const plainKinds: readonly Kind[] = kinds.filter(
  ({ number }) =>
    number !== ApiResourceKind.AGENT_EXECUTION && number !== ApiResourceKind.WORKFLOW_EXECUTION,
);

/** What every reference of a sample names. */
export const existingNames: Existing = new Map([
  [ApiResourceKind.AGENT, "existing-agent"],
  [ApiResourceKind.MCP_SERVER, "existing-server"],
  [ApiResourceKind.ENVIRONMENT, "existing-environment"],
  [ApiResourceKind.SKILL, "existing-skill"],
  [ApiResourceKind.WORKFLOW, "existing-workflow"],
]);

/** The least that each kind needs, and the same changed. */
const samples: Readonly<Record<string, readonly [object, object]>> = {
  Agent: [{ instructions: "Answer." }, { instructions: "Answer in French." }],
  Session: [
    { agent: "existing-agent", title: "one" },
    { agent: "existing-agent", title: "another" },
  ],
  McpServer: [
    { transport: { case: "stdio", value: { command: "one" } } },
    { transport: { case: "http", value: { url: "http://127.0.0.1/mcp" } } },
  ],
  Environment: [{ description: "one" }, { data: { REGION: { value: "west" } } }],
  Skill: [skillSample("One."), skillSample("Another.")],
  Workflow: [workflowSample("1.0.0"), workflowSample("1.0.1")],
  Schedule: [scheduleSample("0 7 * * *"), scheduleSample("0 8 * * *")],
};

function skillSample(text: string): object {
  return { files: [{ path: "SKILL.md", content: { case: "text", value: skillText(text) } }] };
}

function workflowSample(version: string): object {
  return {
    document: { dsl: "1.0.0", namespace: "test", name: "sample", version },
    do: { values: [] },
  };
}

function scheduleSample(cron: string): object {
  const target = { case: "agent", value: { agent: "existing-agent", message: "Report." } };
  return { trigger: { case: "cron", value: cron }, target };
}

export interface KindHomeOptions {
  readonly settings?: Readonly<Record<string, string | number>>;
  /** What the model `script/NAME` answers: turns of a script file. */
  readonly scripts?: Readonly<Record<string, { readonly turns: readonly object[] }>>;
}

const oneTurn = { turns: [{ text: "unused" }] };

/** A daemon over a folder of its own, with a client for each kind and something to refer to. */
export class KindHome implements AsyncDisposable {
  readonly existing: Existing = existingNames;
  readonly daemon: DaemonProcess;
  readonly #home: DaemonHome;
  #names = 0;

  private constructor(home: DaemonHome, daemon: DaemonProcess) {
    this.#home = home;
    this.daemon = daemon;
  }

  static async start({ settings = {}, scripts = {} }: KindHomeOptions = {}): Promise<KindHome> {
    const home = await DaemonHome.create("");
    const scriptFile = home.at("models.json");
    await Bun.write(scriptFile, JSON.stringify({ scripts: { unused: oneTurn, ...scripts } }));
    const all = {
      "model.default": "script/echo",
      "providers.script.file": scriptFile,
      ...settings,
    };
    await Bun.write(home.at("config.yaml"), JSON.stringify(all));
    const opened = new KindHome(home, await home.start());
    for (const [number, slug] of existingNames) {
      const kind = kindOf(number);
      await opened.client(kind).create({ metadata: { slug }, spec: sampleSpec(kind) });
    }
    return opened;
  }

  /** For connections beside the daemon's own channel. */
  get address(): string {
    return `unix:${this.#home.at("run", "stigmer.sock")}`;
  }

  get executions(): ExecutionClient {
    return new ExecutionClient(this.daemon.channel);
  }

  client(kind: Kind): KindClient {
    return new KindClient(kind, this.daemon.channel);
  }

  /** A name that no other resource of this daemon has. */
  newName(): string {
    this.#names += 1;
    return `Sample number ${this.#names}`;
  }

  /** A new resource of a kind, with a name of its own. */
  async sample(kind: Kind, metadata: ResourceInit["metadata"] = {}): Promise<Resource> {
    const init = { metadata: { name: this.newName(), ...metadata }, spec: sampleSpec(kind) };
    return await this.client(kind).create(init);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#home[Symbol.asyncDispose]();
  }
}

export function sampleSpec(kind: Kind): object {
  return sampleOf(kind)[0];
}

export function changedSpec(kind: Kind): object {
  return sampleOf(kind)[1];
}

function sampleOf(kind: Kind): readonly [object, object] {
  const found = samples[kind.info.name];
  if (!found) throw new Error(`a kind without a sample: ${kind.info.name}`);
  return found;
}
