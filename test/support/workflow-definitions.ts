import * as fc from "fast-check";
import type { Json } from "../../src/contract/json.ts";

type Members = Record<string, Json>;

const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,10}[a-zA-Z0-9]$/, { size: "small" });
const version = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).map((parts) => parts.join("."));
const expression = fc.constantFrom(".a", "${ .a.b }", '$context.x // "none"', "[.items[].n] | add");
const text = fc.constantFrom(
  "",
  "text",
  "Hello ${ .name }!",
  "${ .value }",
  "a: b # c",
  "ünïcode ✓",
);
const template: fc.Arbitrary<Json> = fc.oneof(
  { maxDepth: 2 },
  text,
  fc.integer({ min: -1000, max: 1000 }),
  fc.boolean(),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
);
const templates = fc.dictionary(name, template, { maxKeys: 3, noNullPrototype: true });
const duration: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>("PT30S", "P1DT12H", "PT0.5S", { seconds: 30 }, { days: 1, hours: 2 }),
);
const uri = fc.constantFrom(
  "https://example.com/pets/{petId}",
  "http://127.0.0.1:8080/a",
  "${ .u }",
);

/** A record whose members may be missing, but for the required ones. */
function record(
  required: Record<string, fc.Arbitrary<Json>>,
  optional: Record<string, fc.Arbitrary<Json>> = {},
): fc.Arbitrary<Members> {
  const keys = Object.keys(required);
  return fc.record(
    { ...required, ...optional },
    { requiredKeys: keys, noNullPrototype: true },
  ) as fc.Arbitrary<Members>;
}

const schema = record(
  { document: fc.constant<Json>({ type: "object" }) },
  { format: fc.constant("json") },
);
const transformation: fc.Arbitrary<Json> = fc.oneof(expression, templates);
const inputFlow = record({}, { schema, from: transformation });
const outputFlow = record({}, { schema, as: transformation });

const credentials = record({ username: text, password: text });
const oauth = record(
  { authority: fc.constant("https://id.example.com"), grant: fc.constant("client_credentials") },
  {
    client: record({ id: text }, { secret: text, authentication: fc.constant("none") }),
    scopes: fc.array(name, { maxLength: 2 }),
    audiences: fc.array(name, { maxLength: 2 }),
  },
);
const authentication: fc.Arbitrary<Json> = fc.oneof(
  record({ basic: credentials }),
  record({ bearer: record({ token: text }) }),
  record({ oauth2: oauth }),
  record({ oidc: oauth }),
);
const endpoint: fc.Arbitrary<Json> = fc.oneof(uri, record({ uri }, { authentication }));
const resource = record({ endpoint }, { name });
const outputForm = fc.constantFrom<Json[]>("raw", "content", "response");

const error = record(
  { type: fc.constant("https://example.com/gone"), status: fc.integer({ min: 400, max: 599 }) },
  { title: text.filter(Boolean), detail: text.filter(Boolean) },
);
const retry = record(
  {},
  {
    when: expression,
    exceptWhen: expression,
    delay: duration,
    backoff: fc.constantFrom<Json[]>({ constant: {} }, { linear: {} }, { exponential: {} }),
    limit: record(
      {},
      { attempt: record({}, { count: fc.nat(5).map((n) => n + 1), duration }), duration },
    ),
    jitter: record({ from: duration, to: duration }),
  },
);

const event = record(
  { type: name },
  { source: fc.constant("https://example.com"), data: template },
);
/** The published schema wants what is made when it is absent. */
const emitted = record(
  { type: name, source: fc.constant("https://example.com") },
  { data: template },
);
const filter = record(
  { with: event },
  {
    correlate: fc.dictionary(name, record({ from: expression }, { expect: text }), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
  },
);
const strategy: fc.Arbitrary<Json> = fc.oneof(
  record({ one: filter }),
  record({ all: fc.array(filter, { minLength: 1, maxLength: 2 }) }),
  record({ any: fc.array(filter, { minLength: 1, maxLength: 2 }) }, { until: expression }),
);

const variable = fc.constantFrom("pet", "item", "i");

/** What tasks of each kind hold besides what all of them can have; `tasks` is a nested list. */
const bodies = (tasks: fc.Arbitrary<Json>): Readonly<Record<string, fc.Arbitrary<Members>>> => ({
  set: record({ set: templates.filter((each) => Object.keys(each).length > 0) }),
  do: record({ do: tasks }),
  for: record(
    { for: record({ in: expression }, { each: variable, at: fc.constant("n") }), do: tasks },
    { while: expression },
  ),
  fork: record({ fork: record({ branches: tasks }, { compete: fc.boolean() }) }),
  switch: fc.tuple(expression, fc.constantFrom("continue", "exit", "end")).map(([when, next]) => ({
    switch: [{ some: flow({ when }, next) }, { rest: flow({}, "end") }],
  })),
  try: record({
    try: tasks,
    catch: record({}, { as: variable, when: expression, retry, do: tasks }),
  }),
  raise: record({ raise: record({ error }) }),
  wait: record({ wait: duration }),
  emit: record({ emit: record({ event: record({ with: emitted }) }) }),
  listen: record(
    { listen: record({ to: strategy }, { read: fc.constantFrom("data", "envelope", "raw") }) },
    { foreach: record({ do: tasks }, { item: variable, at: fc.constant("n") }) },
  ),
  runShell: record({
    run: record(
      {
        shell: record(
          { command: fc.constant("echo hello") },
          { arguments: fc.array(text, { maxLength: 2 }) },
        ),
      },
      { await: fc.boolean(), return: fc.constantFrom("stdout", "stderr", "code", "all", "none") },
    ),
  }),
  runScript: record({
    run: record({
      script: record({ language: fc.constantFrom("js", "python"), code: fc.constant("1") }),
    }),
  }),
  runWorkflow: record({
    run: record({ workflow: record({ namespace: name, name, version }, { input: templates }) }),
  }),
  http: called(
    "http",
    record(
      { method: fc.constantFrom("get", "post"), endpoint },
      {
        headers: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
        body: template,
        query: fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true }),
        output: outputForm,
        redirect: fc.boolean(),
      },
    ),
  ),
  openapi: called(
    "openapi",
    record(
      { document: resource, operationId: name },
      { parameters: templates, authentication, output: outputForm },
    ),
  ),
  grpc: called(
    "grpc",
    record(
      {
        proto: resource,
        service: record(
          { name, host: name },
          { port: fc.integer({ min: 1, max: 65_535 }), authentication },
        ),
        method: name,
      },
      { arguments: templates },
    ),
  ),
  mcp: called(
    "mcp",
    record(
      {
        method: fc.constant("tools/call"),
        transport: record({
          stdio: record(
            { command: fc.constant("serve") },
            { arguments: fc.array(name, { maxLength: 2 }) },
          ),
        }),
      },
      { parameters: templates },
    ),
  ),
});

function called(protocol: string, parameters: fc.Arbitrary<Members>): fc.Arbitrary<Members> {
  return parameters.map((given) => ({ call: protocol, with: given }));
}

function flow(members: Members, next: string): Members {
  return Object.fromEntries(new Map(Object.entries(members)).set("then", next));
}

const common = {
  if: expression,
  input: inputFlow,
  output: outputFlow,
  export: outputFlow,
  timeout: record({ after: duration }),
  metadata: templates,
};

/** Lists of tasks of every kind; `depth` lists inside one another. */
function taskLists(depth: number): fc.Arbitrary<Json> {
  const nested =
    depth > 0 ? taskLists(depth - 1) : fc.constant<Json>([{ last: { set: { x: 1 } } }]);
  const task = fc
    .tuple(fc.oneof(...Object.values(bodies(nested))), record({}, common))
    .map(([body, shared]) => ({ ...shared, ...body }));
  return fc
    .array(task, { minLength: 1, maxLength: 3 })
    .map((tasks) => tasks.map((each, index) => ({ [`task${index}`]: each })));
}

/** The parts of a definition; any of them go together. */
export const definitionParts = {
  document: record(
    { dsl: fc.constant("1.0.3"), namespace: fc.constant("test"), name, version },
    { title: fc.constant("A title"), summary: text, tags: fc.constant<Json>({ team: "a" }) },
  ),
  input: inputFlow,
  use: record(
    {},
    {
      authentications: fc.dictionary(name, authentication, { maxKeys: 2, noNullPrototype: true }),
      errors: fc.dictionary(name, error, { maxKeys: 2, noNullPrototype: true }),
      retries: fc.dictionary(name, retry, { maxKeys: 2, noNullPrototype: true }),
      secrets: fc.uniqueArray(name, { maxLength: 2 }),
      timeouts: fc.dictionary(name, record({ after: duration }), {
        maxKeys: 2,
        noNullPrototype: true,
      }),
    },
  ),
  do: taskLists(1),
  timeout: record({ after: duration }),
  output: outputFlow,
  schedule: fc.oneof(
    record({ every: duration }),
    record({ after: duration }),
    record({ cron: fc.constantFrom("0 0 * * *", "*/5 * * * 1-5") }),
    record({ on: strategy }),
  ),
  evaluate: record({}, { language: fc.constant("jq"), mode: fc.constantFrom("strict", "loose") }),
} satisfies Readonly<Record<string, fc.Arbitrary<Json>>>;

/** Definitions of the specification, DSL 1.0.3, of every construct that this version runs. */
export const workflowDefinitions: fc.Arbitrary<Json> = record(
  { document: definitionParts.document, do: definitionParts.do },
  {
    input: definitionParts.input,
    use: definitionParts.use,
    timeout: definitionParts.timeout,
    output: definitionParts.output,
    schedule: definitionParts.schedule,
    evaluate: definitionParts.evaluate,
  },
);
