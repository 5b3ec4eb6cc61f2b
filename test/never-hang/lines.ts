import { fileURLToPath } from "node:url";
import { repositoryRoot } from "../../scripts/repository.ts";

/** One way to call a command. */
export interface Line {
  readonly args?: readonly string[];
  /** What stdin holds where it is not the condition that says so. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends or replaces what the others need: runs after them. */
  readonly last?: true;
  /** Asks somebody who is not there, which is an error of usage. */
  readonly asks?: true;
}

const server = fileURLToPath(
  new URL("../../src/runners/agent/mcp/fixtures/scripted-server.ts", import.meta.url),
);
const example = `${repositoryRoot}examples`;
export const resource = [
  "apiVersion: agentic.stigmer.ai/v1",
  "kind: Environment",
  "metadata: {name: declared}",
  "spec: {data: {A: {value: '1'}}}",
].join("\n");
/** A document of the specification, stored under this name. */
export function workflow(name: string): string {
  return [
    `document: {dsl: 1.0.3, namespace: test, name: ${name}, version: 1.0.0}`,
    "do: [{rest: {wait: PT1S}}]",
  ].join("\n");
}

const openAiKey = { OPENAI_API_KEY: "k-1" };

/** In an argument: a server that takes connections and never answers. */
export const silentServer = "SILENT";

/**
 * Valid lines for each command of the table, by its name; the first one is run in every condition.
 * What is there: the agent, MCP server, environment and skill `good`, one session with one
 * execution, and `spare` ones to be deleted.
 */
export const lines: Readonly<Record<string, readonly Line[]>> = {
  "agent create": [{ args: ["new", "-i", "Repeat."] }, { args: ["read", "-i", "-"], stdin: "Hi." }],
  "agent get": [{ args: ["good"] }],
  "agent list": [{}, { args: ["--all"] }],
  "agent update": [{ args: ["good", "--description", "changed"] }],
  "agent delete": [{ args: ["spare"] }],
  "agent execute": [
    { args: ["good", "hello"] },
    { args: ["good", "hello", "-"], stdin: "and this" },
    { args: ["good", "hello", "-m", "openai/any"], env: openAiKey },
    { args: ["good", "hello", "--detach"] },
  ],
  "workflow create": [{ args: ["-f", "-"], stdin: workflow("new") }],
  "workflow list": [{}],
  "workflow get": [{ args: ["good"] }],
  "workflow update": [{ args: ["-f", "-"], stdin: workflow("good") }],
  "workflow delete": [{ args: ["spare"] }],
  "workflow test": [{ args: ["sample.test.yaml"] }],
  "workflow validate": [{ args: ["-"], stdin: workflow("any") }],
  "session list": [{}],
  "session get": [{ args: ["@last"] }],
  "session chat": [
    { args: ["good", "-"], stdin: "one\ntwo\n" },
    { args: ["good"], asks: true },
  ],
  "session delete": [{ args: ["@last", "--cascade"], last: true }],
  "execution list": [{}],
  "execution get": [{ args: ["@last"] }],
  "execution watch": [{ args: ["@last"] }],
  "execution cancel": [{ args: ["@last"] }],
  "execution wait": [{ args: ["@last"] }],
  "mcp add": [{ args: ["new", "--", process.execPath, server] }],
  "mcp list": [{}],
  "mcp get": [{ args: ["good"] }],
  "mcp tools": [{ args: ["good"] }],
  "mcp call": [{ args: ["good", "big", '{"bytes":10}'] }],
  "mcp delete": [{ args: ["spare"] }],
  "skill push": [{ args: ["style"] }],
  "skill list": [{}],
  "skill get": [{ args: ["good"] }],
  "skill delete": [{ args: ["spare"] }],
  "skill export": [{ args: ["good", "written"] }],
  "schedule list": [{}],
  "schedule get": [{ args: ["good"] }],
  "schedule pause": [{ args: ["good"] }],
  "schedule resume": [{ args: ["good"] }],
  "schedule trigger": [{ args: ["good"] }],
  "schedule delete": [{ args: ["spare"] }],
  "environment create": [{ args: ["new", "A=1"] }],
  "environment list": [{}],
  "environment get": [{ args: ["good"] }],
  "environment set": [{ args: ["good", "B=2"] }],
  "environment unset": [{ args: ["good", "B"] }],
  "environment delete": [{ args: ["spare"] }],
  "model list": [{}, { args: ["--available"], env: openAiKey }],
  "model test": [{ args: ["script/echo"] }],
  "model login": [
    { args: ["openai"], asks: true },
    { args: ["openai", "--from-env", "OPENAI_API_KEY"], env: openAiKey },
    { args: ["openai", "-"], stdin: "k-1" },
  ],
  "model logout": [{ args: ["openai"] }],
  "local start": [{}],
  "local stop": [{ last: true }],
  "local restart": [{ last: true }],
  "local status": [{}],
  "local logs": [{}, { args: ["--follow"] }],
  "local token": [{}],
  "config list": [{}],
  "config get": [{ args: ["port"] }],
  "config explain": [{ args: ["port"] }],
  "config set": [{ args: ["model.aliases.quick", "script/echo"] }],
  login: [{ args: [silentServer, "--token-file", "token"] }, { args: [silentServer], asks: true }],
  logout: [{ args: ["server"], last: true }],
  whoami: [{}, { args: ["--context", "server"] }],
  "context list": [{}],
  "context show": [{}],
  "context use": [{ args: ["local"] }],
  "context delete": [{ args: ["server"], last: true }],
  init: [{ args: ["project"] }],
  run: [{ args: ["good", "hello"] }, { args: ["good", "hello", "--standalone"] }],
  export: [{ args: ["--all"] }, { args: ["agent", "--include-history", "history.tar.zst"] }],
  import: [{ stdin: resource }, { args: ["-f", "declared.yaml", "--dry-run"] }],
  apply: [{ args: ["-f", "-"], stdin: resource }, { args: ["-f", "declared.yaml", "--dry-run"] }],
  diff: [{ args: ["-f", "-"], stdin: resource }],
  get: [{ args: ["agent"] }],
  describe: [{ args: ["agent", "good"] }],
  delete: [{ args: ["environment", "declared"] }],
  explain: [{ args: ["agent.spec"] }],
  "dev model": [{ args: ["--script", `${example}/demo-model.yaml`] }],
  api: [
    { args: ["AgentQueryController/list"] },
    { args: ["AgentQueryController/list", "-d", "-"], stdin: "{}" },
  ],
  doctor: [{}],
  completion: [{ args: ["bash"] }],
  version: [{}],
};
