import { repositoryRoot } from "../../scripts/repository.ts";
import type { ForeignMessage } from "./foreign-client.ts";

/** The first response of each method that was called before, by method. */
export type Seen = ReadonlyMap<string, ForeignMessage>;

/** What is sent to one method, and how it answers. */
export interface MethodCall {
  /** `package.Service/method`. */
  readonly method: string;
  readonly requests: (seen: Seen) => readonly object[];
  /** gRPC status. Default: `OK`. */
  readonly status?: string;
  /** For a stream that has no end. */
  readonly take?: number;
}

const agentic = "ai.stigmer.agentic";
const execution = `${agentic}.agentexecution.v1.AgentExecution`;
const runner = `${agentic}.runner.v1.RunnerController`;

/** A kind of resource: what its services are called, and one that can be created. */
interface KindCalls {
  readonly services: string;
  readonly slug: string;
  readonly spec: object;
}

const everythingServer = `${repositoryRoot}node_modules/@modelcontextprotocol/server-everything`;

/** A skill is its files, a workflow its document. */
const skillFiles = [
  { path: "SKILL.md", text: "---\nname: style\ndescription: Style.\n---\nBe brief." },
];
const workflowDocument = { dsl: "1.0.0", namespace: "test", name: "nightly", version: "1.0.0" };
const workflowTask = { ask: { call: "agent", with: { agent: "reviewer", message: "Hello." } } };

/** In an order in which each can be created, and deleted backwards. */
const kinds: readonly KindCalls[] = [
  {
    services: `${agentic}.environment.v1.Environment`,
    slug: "staging",
    spec: { data: { REGION: { value: "eu" } } },
  },
  {
    services: `${agentic}.mcpserver.v1.McpServer`,
    slug: "everything",
    spec: { stdio: { command: process.execPath, args: [`${everythingServer}/dist/index.js`] } },
  },
  {
    services: `${agentic}.agent.v1.Agent`,
    slug: "reviewer",
    spec: { instructions: "Review.", model: "script/echo", environmentRefs: ["staging"] },
  },
  { services: `${agentic}.skill.v1.Skill`, slug: "style", spec: { files: skillFiles } },
  {
    services: `${agentic}.workflow.v1.Workflow`,
    slug: "nightly",
    spec: {
      document: freeJson(workflowDocument),
      do: freeJson([workflowTask]),
    },
  },
  {
    services: `${agentic}.schedule.v1.Schedule`,
    slug: "every-night",
    spec: { cron: "0 3 * * *", agent: { agent: "reviewer", message: "Hello." } },
  },
  {
    services: `${agentic}.session.v1.Session`,
    slug: "review",
    spec: { agent: "reviewer", title: "A review" },
  },
];

/** A field of type `Struct` or `ListValue`: not every client knows their JSON form. */
function freeJson(json: object): object {
  return { $json: json };
}

/** Every service that is served, from the methods that are driven. */
export function everyService(): string[] {
  return [...new Set(everyMethod.map(({ method }) => method.slice(0, method.indexOf("/"))))];
}

/** Every method of the contract, in an order in which each has what it needs. */
export const everyMethod: readonly MethodCall[] = [
  call("grpc.health.v1.Health/Check", {}),
  { ...call("grpc.health.v1.Health/Watch", {}), take: 1 },
  call("grpc.reflection.v1.ServerReflection/ServerReflectionInfo", { listServices: "" }),
  call("grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", { listServices: "" }),
  call("ai.stigmer.system.v1.SystemQueryController/version", {}),
  call("ai.stigmer.system.v1.SystemQueryController/whoami", {}),
  call("ai.stigmer.system.v1.SystemQueryController/info", {}),
  call("ai.stigmer.system.v1.SystemQueryController/doctor", { budgetMs: 1000 }),
  ...kinds.flatMap(writesAndReads),
  ...skillCalls(),
  ...scheduleCalls(),
  ...resourceSetCalls(),
  ...executionCalls(),
  ...historyCalls(),
  ...workflowExecutionCalls(),
  call(`${agentic}.event.v1.EventController/publish`, { event: freeJson({ type: "paid" }) }),
  ...serverOnlyCalls(),
  call(`${agentic}.mcpserver.v1.McpServerQueryController/listTools`, { mcpServer: "everything" }),
  call(`${agentic}.mcpserver.v1.McpServerCommandController/callTool`, {
    mcpServer: "everything",
    tool: "echo",
    arguments: '{"message":"hello"}',
  }),
  call(`${agentic}.model.v1.ModelCommandController/login`, { provider: "openai", apiKey: "key" }),
  call(`${agentic}.model.v1.ModelCommandController/logout`, { provider: "openai" }),
  call(`${agentic}.model.v1.ModelCommandController/test`, { model: "script/echo" }),
  call(`${agentic}.model.v1.ModelQueryController/list`, { provider: "script", withModels: true }),
  ...runnerCalls(),
  ...kinds
    .toReversed()
    .map(({ services }) => callFor(services, "CommandController/delete", (value) => ({ value }))),
  call("ai.stigmer.system.v1.SystemCommandController/stop", {}),
];

function call(method: string, ...requests: readonly object[]): MethodCall {
  return { method, requests: () => requests };
}

/** With the id of what was created before. */
function callFor(services: string, method: string, request: (id: string) => object): MethodCall {
  const created = `${services}CommandController/create`;
  const requests = (seen: Seen): object[] => [request(seen.get(created)?.metadata.id)];
  return { method: services + method, requests };
}

function writesAndReads({ services, slug, spec }: KindCalls): MethodCall[] {
  return [
    call(`${services}CommandController/create`, { metadata: { slug }, spec }),
    call(`${services}CommandController/apply`, { metadata: { slug, tags: ["applied"] }, spec }),
    callFor(services, "CommandController/update", (id) => ({
      metadata: { id, tags: ["updated"] },
      spec,
    })),
    callFor(services, "QueryController/get", (value) => ({ value })),
    callFor(services, "QueryController/getByReference", (reference) => ({ reference })),
    call(`${services}QueryController/list`, { pageSize: 10 }),
  ];
}

/** Files that are large are uploaded first. */
function skillCalls(): MethodCall[] {
  const controller = `${agentic}.artifact.v1.ArtifactController`;
  const sha256 = new Bun.CryptoHasher("sha256").update("hello").digest("hex");
  const large = { path: "large.bin", sha256 };
  const skill = { metadata: { slug: "style" }, spec: { files: [...skillFiles, large] } };
  const skills = `${agentic}.skill.v1.SkillCommandController`;
  return [
    call(`${controller}/upload`, { data: btoa("hel") }, { data: btoa("lo") }),
    call(`${controller}/get`, { sha256 }),
    call(`${controller}/download`, { sha256 }),
    call(`${skills}/push`, { skill, tags: ["v2"] }),
    call(`${skills}/tag`, { skill: "style", version: "v2", tags: ["stable"] }),
  ];
}

function scheduleCalls(): MethodCall[] {
  const schedules = `${agentic}.schedule.v1.ScheduleCommandController`;
  const name = { value: "every-night" };
  return [
    call(`${schedules}/pause`, name),
    call(`${schedules}/resume`, name),
    call(`${schedules}/trigger`, name),
  ];
}

/** Environments that nothing else needs, in two parts of one set. */
function resourceSetCalls(): MethodCall[] {
  const controller = `${agentic}.resourceset.v1.ResourceSetController`;
  const parts = ["from-a-file", "from-another-file"].map((slug) => ({
    documents: [{ environment: { metadata: { slug }, spec: {} } }],
  }));
  return [
    call(`${controller}/plan`, ...parts),
    call(`${controller}/apply`, ...parts),
    call(`${controller}/export`, {}),
  ];
}

function executionCalls(): MethodCall[] {
  const spec = { agent: "reviewer", message: "Hello." };
  return [
    call(`${execution}CommandController/create`, { metadata: {}, spec }),
    callFor(execution, "QueryController/subscribe", (id) => ({ id, afterSequence: "0" })),
    callFor(execution, "QueryController/get", (value) => ({ value })),
    callFor(execution, "QueryController/getByReference", (reference) => ({ reference })),
    call(`${execution}QueryController/list`, {}),
    callFor(execution, "QueryController/listMessages", (id) => ({ id })),
    call(`${agentic}.execution.v1.ExecutionQueryController/list`, { page: { pageSize: 10 } }),
    call(`${agentic}.execution.v1.ExecutionQueryController/get`, { value: "@last" }),
    // It has ended by now, so both change nothing.
    callFor(execution, "CommandController/cancel", (id) => ({ id })),
    callFor(execution, "CommandController/supplyCredentials", (value) => ({ value })),
    callFor(execution, "CommandController/delete", (value) => ({ value })),
  ];
}

/** An empty history is one too. */
function historyCalls(): MethodCall[] {
  const controller = `${agentic}.history.v1.HistoryController`;
  const header = { format: 1, version: "0.1.0" };
  return [call(`${controller}/export`, {}), call(`${controller}/import`, { header })];
}

function workflowExecutionCalls(): MethodCall[] {
  const run = `${agentic}.workflowexecution.v1.WorkflowExecution`;
  const none = { status: "NOT_FOUND" };
  const unknown = { value: "wex-none" };
  const definition = {
    document: freeJson(workflowDocument),
    do: freeJson([{ greet: { set: { said: "hello" } } }]),
  };
  return [
    call(`${run}CommandController/create`, { metadata: {}, spec: { definition } }),
    { ...call(`${run}CommandController/cancel`, { id: "wex-none" }), ...none },
    { ...call(`${run}CommandController/delete`, unknown), ...none },
    { ...call(`${run}QueryController/get`, unknown), ...none },
    { ...call(`${run}QueryController/getByReference`, { reference: "wex-none" }), ...none },
    { ...call(`${run}QueryController/subscribe`, { id: "wex-none" }), ...none },
    { ...call(`${run}QueryController/listTasks`, { id: "wex-none" }), ...none },
    call(`${run}QueryController/list`, {}),
  ];
}

/** Only a shared server keeps these. */
function serverOnlyCalls(): MethodCall[] {
  const account = { identityAccount: "somebody" };
  const specs = [
    ["tenancy.organization.v1.Organization", {}],
    ["iam.identityaccount.v1.IdentityAccount", {}],
    ["iam.apikey.v1.ApiKey", account],
    ["iam.iampolicy.v1.IamPolicy", { ...account, permissions: ["agent.get"] }],
  ] as const;
  return specs.flatMap(([name, spec]) => {
    const resource = { metadata: { slug: "some" }, spec };
    const calls = [
      ...["apply", "create", "update"].map(
        (verb) => [`CommandController/${verb}`, resource] as const,
      ),
      ["CommandController/delete", { value: "some" }] as const,
      ["QueryController/get", { value: "some" }] as const,
      ["QueryController/getByReference", { reference: "some" }] as const,
      ["QueryController/list", {}] as const,
    ];
    return calls.map(([method, request]) => ({
      ...call(`ai.stigmer.${name}${method}`, request),
      status: "UNIMPLEMENTED",
    }));
  });
}

/** Only a runner that the daemon started itself may call these. */
function runnerCalls(): MethodCall[] {
  const held = { executionId: "aex-01", fencingToken: "1" };
  const requests: Readonly<Record<string, object>> = {
    work: { hello: { runnerId: "impostor" } },
    readJournal: held,
    readConversation: held,
    resolveCredential: { execution: held, provider: "openai" },
    resolveEnvironment: held,
    saveDefaultModel: { execution: held, model: "script/echo" },
    readEvents: { execution: held, types: ["paid"] },
    emitEvent: { execution: held, event: freeJson({ type: "paid" }) },
    startChild: { execution: held, key: "do#1", agent: { agent: "reviewer", message: "Hi." } },
    readChild: { execution: held, childId: "aex-01" },
    cancelChild: { execution: held, childId: "aex-01" },
    readSkill: { execution: held, revision: "0".repeat(64) },
    putArtifact: { execution: held, data: "AA==" },
    getArtifact: { execution: held, sha256: "0".repeat(64) },
  };
  return Object.entries(requests).map(([name, request]) => ({
    ...call(`${runner}/${name}`, request),
    status: "PERMISSION_DENIED",
  }));
}
