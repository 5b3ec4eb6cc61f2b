import type { SettingRow } from "./setting-row.ts";

/**
 * Every setting there is. Help, docs, checks and types are made from this table.
 *
 * A part in capitals (`providers.NAME.baseUrl`) stands for any name, dots and slashes included.
 */
export const settingsTable = {
  port: {
    readAtStart: true,
    type: "integer",
    min: 0,
    max: 65_535,
    default: "50051",
    variable: "STIGMER_PORT",
    flag: "port",
    unit: "TCP port",
    meaning: "Port of the daemon on 127.0.0.1 and [::1]; 0 takes any free one.",
    example: "50052",
  },
  output: {
    type: "enum",
    values: ["table", "wide", "name", "json", "jsonl", "yaml", "none"],
    default: "table",
    flag: "output",
    project: "output",
    meaning: "The format of results.",
    example: "json",
  },
  color: {
    type: "enum",
    values: ["auto", "always", "never"],
    default: "auto",
    flag: "color",
    project: "color",
    meaning: "When output is coloured.",
    example: "never",
  },
  "log.level": {
    readAtStart: true,
    type: "enum",
    values: ["debug", "info", "warn", "error"],
    default: "info",
    variable: "STIGMER_LOG_LEVEL",
    meaning: "The least important facts that are logged.",
    example: "debug",
  },
  "log.maxBytes": {
    readAtStart: true,
    type: "bytes",
    default: "10MB",
    meaning: "Size at which a log file is rotated.",
    example: "50MB",
  },
  "log.files": {
    readAtStart: true,
    type: "integer",
    min: 1,
    max: 100,
    default: "5",
    unit: "files",
    meaning: "How many files of a log are kept, the current one included.",
    example: "10",
  },
  "runner.max": {
    type: "integer",
    min: 1,
    max: 256,
    default: "4",
    unit: "processes",
    meaning: "How many runners work at the same time.",
    example: "8",
  },
  "runner.idleTimeout": {
    type: "duration",
    default: "10s",
    meaning: "How long a runner without work stays.",
    example: "1m",
  },
  "runner.leaseTime": {
    type: "duration",
    default: "15s",
    meaning: "How long a silent runner keeps its execution before another gets it.",
    example: "30s",
  },
  "runner.heartbeat": {
    type: "duration",
    default: "3s",
    meaning: "How often a runner says that it is alive; well below runner.leaseTime.",
    example: "5s",
  },
  "model.default": {
    type: "string",
    project: "model",
    meaning: "The model of agents that name none: PROVIDER/MODEL or an alias.",
    example: "ollama/qwen3",
  },
  "model.aliases.NAME": {
    type: "string",
    meaning: "Another name for a model.",
    example: "anthropic/claude-sonnet-4-5",
  },
  "model.firstByteTimeout": {
    type: "duration",
    default: "120s",
    meaning: "How long a model may take to start its answer.",
    example: "5m",
  },
  "model.idleTimeout": {
    type: "duration",
    default: "120s",
    meaning: "How long a model may pause within its answer.",
    example: "5m",
  },
  "model.maxRetries": {
    type: "integer",
    min: 0,
    max: 20,
    default: "4",
    unit: "retries",
    meaning: "How often a failed model call is tried again.",
    example: "2",
  },
  "providers.NAME.baseUrl": {
    type: "url",
    meaning: "Where requests to a model provider go.",
    example: "http://127.0.0.1:8080/v1",
  },
  "providers.script.file": {
    type: "string",
    meaning: "The script file that script/NAME models play.",
    example: "/home/me/script.yaml",
  },
  "providers.ollama.contextLength": {
    type: "integer",
    min: 512,
    unit: "tokens",
    meaning: "Context size asked of Ollama, whose own default is too small for agents.",
    example: "65536",
  },
  "providers.ollama.keepAlive": {
    type: "duration",
    meaning: "How long Ollama keeps a model loaded after its last answer.",
    example: "30m",
  },
  "prices.MODEL.inputPerMillion": {
    type: "number",
    min: 0,
    unit: "USD per million tokens",
    meaning: "Price of input tokens of PROVIDER/MODEL.",
    example: "3",
  },
  "prices.MODEL.outputPerMillion": {
    type: "number",
    min: 0,
    unit: "USD per million tokens",
    meaning: "Price of output tokens of PROVIDER/MODEL.",
    example: "15",
  },
  "prices.MODEL.cacheReadPerMillion": {
    type: "number",
    min: 0,
    unit: "USD per million tokens",
    meaning: "Price of input tokens read from the provider's cache.",
    example: "0.3",
  },
  "prices.MODEL.cacheWritePerMillion": {
    type: "number",
    min: 0,
    unit: "USD per million tokens",
    meaning: "Price of input tokens written to the provider's cache.",
    example: "3.75",
  },
  "mcp.npx": {
    type: "enum",
    values: ["auto", "always", "never"],
    default: "auto",
    meaning: "When `npx` servers run on this program: where no Node is installed, always, never.",
    example: "always",
  },
  "mcp.connectTimeout": {
    type: "duration",
    default: "30s",
    meaning: "How long an MCP server may take to start.",
    example: "2m",
  },
  "mcp.callTimeout": {
    type: "duration",
    default: "5m",
    meaning: "How long one call of an MCP tool may take.",
    example: "30m",
  },
  "tools.maxResultBytes": {
    type: "bytes",
    default: "64KB",
    meaning: "How much of a tool result the model sees; the rest goes to an artifact.",
    example: "256KB",
  },
  "limits.maxTurns": {
    type: "integer",
    min: 1,
    default: "50",
    unit: "model calls",
    meaning: "How many turns an agent takes at most, unless it says otherwise.",
    example: "100",
  },
  "limits.maxToolCalls": {
    type: "integer",
    min: 0,
    default: "200",
    unit: "calls",
    meaning: "How many tools an agent calls at most, unless it says otherwise.",
    example: "500",
  },
  "limits.timeout": {
    type: "duration",
    default: "1h",
    meaning: "How long an execution may work, unless it says otherwise.",
    example: "4h",
  },
  "limits.maxParallelTools": {
    type: "integer",
    min: 1,
    default: "8",
    unit: "calls",
    meaning: "How many tools of one turn run at the same time.",
    example: "1",
  },
  "history.maxExecutions": {
    type: "integer",
    min: 0,
    default: "10000",
    unit: "executions",
    meaning: "How many ended executions are kept; 0 keeps all.",
    example: "1000",
  },
  "history.maxAge": {
    type: "duration",
    longestMs: 10 * 365 * 86_400_000,
    default: "90d",
    meaning: "How long an ended execution is kept; 0 keeps it for ever.",
    example: "30d",
  },
  "history.maxBytes": {
    type: "bytes",
    default: "1GB",
    meaning: "How much ended executions may hold, artifacts included; 0 is no limit.",
    example: "10GB",
  },
  "limits.messageBytes": {
    readAtStart: true,
    type: "bytes",
    default: "4MB",
    meaning: "The largest gRPC message; artifacts are streamed.",
    example: "16MB",
  },
  "limits.setDocuments": {
    type: "integer",
    min: 1,
    max: 1_000_000,
    default: "50000",
    unit: "resources",
    meaning: "How many resources one apply or import may hold.",
    example: "100000",
  },
  "limits.setBytes": {
    type: "bytes",
    default: "128MB",
    meaning: "How large the resources of one apply or import may be together.",
    example: "512MB",
  },
} as const satisfies Record<string, SettingRow>;

type Table = typeof settingsTable;
/** A name as the table has it: `port`, `providers.NAME.baseUrl`. */
export type SettingPattern = keyof Table;

type Placeholder = "NAME" | "MODEL";
type Filled<P extends string> = P extends `${infer Head}.${Placeholder}.${infer Tail}`
  ? `${Head}.${string}.${Tail}`
  : P extends `${infer Head}.${Placeholder}`
    ? `${Head}.${string}`
    : P;

/** A name as people set it: `port`, `providers.openai.baseUrl`. */
export type SettingName = { [P in SettingPattern]: Filled<P> }[SettingPattern];

/** The row that a name belongs to. */
export type PatternOf<N extends SettingName> = N extends SettingPattern
  ? N
  : { [P in SettingPattern]: N extends Filled<P> ? P : never }[SettingPattern];

type TypeOf<Row> = Row extends { values: readonly (infer V)[] }
  ? V
  : Row extends { type: "integer" | "number" | "duration" | "bytes" }
    ? number
    : Row extends { type: "boolean" }
      ? boolean
      : string;

/** What reading a setting gives: without a default it may be unset. */
export type SettingValue<P extends SettingPattern> = Table[P] extends { default: string }
  ? TypeOf<Table[P]>
  : TypeOf<Table[P]> | undefined;
