import type { CommandSpec } from "../command-spec.ts";
import { itemOf, pageOf } from "./results.ts";
import { jobDeadlineMs } from "./shared-flags.ts";

const daemonResult = itemOf("ai.stigmer.system.v1.InfoResponse");

export const localCommands: readonly CommandSpec[] = [
  {
    path: ["local", "start"],
    summary: "Start the daemon",
    description: "Commands start it by themselves; does nothing when it runs already.",
    flags: [
      {
        name: "port",
        type: "integer",
        value: "PORT",
        defaultText: "50051",
        summary: "TCP port on the loopback addresses; 0 = any (STIGMER_PORT)",
      },
      { name: "foreground", type: "boolean", summary: "Stay, and end with the daemon" },
    ],
    examples: [
      {
        line: "stigmer local start --port 50052",
        meaning: "where clients of other languages find it",
      },
    ],
    deadline: "none",
    result: daemonResult,
    load: async () => (await import("../commands/local.ts")).startLocal,
  },
  {
    path: ["local", "stop"],
    summary: "Stop the daemon",
    description: "What runs is journaled and goes on at the next start.",
    examples: [{ line: "stigmer local stop", meaning: "before the machine is shut down" }],
    result: itemOf("daemon-stop"),
    load: async () => (await import("../commands/local.ts")).stopLocal,
  },
  {
    path: ["local", "restart"],
    summary: "Stop the daemon and start it again",
    flags: [{ name: "port", type: "integer", value: "PORT", summary: "TCP port from now on" }],
    examples: [
      { line: "stigmer local restart", meaning: "take up settings that are read at the start" },
    ],
    result: daemonResult,
    load: async () => (await import("../commands/local.ts")).restartLocal,
  },
  {
    path: ["local", "status"],
    summary: "Show whether the daemon runs, where, and what it does",
    description: "Never starts it. Exit 7 when none runs.",
    examples: [
      { line: "stigmer local status -o json --jq .addresses", meaning: "where it listens" },
    ],
    result: daemonResult,
    load: async () => (await import("../commands/local.ts")).localStatus,
  },
  {
    path: ["local", "logs"],
    summary: "Show the log of the daemon",
    flags: [
      { name: "follow", short: "f", type: "boolean", summary: "Go on as it grows" },
      {
        name: "lines",
        short: "n",
        type: "integer",
        value: "N",
        defaultText: "100",
        summary: "Start with the last N lines",
      },
    ],
    examples: [{ line: "stigmer local logs --follow", meaning: "from now on" }],
    streams: true,
    deadline: "none",
    result: itemOf("daemon-log"),
    load: async () => (await import("../commands/local.ts")).localLogs,
  },
  {
    path: ["local", "token"],
    summary: "Print the token that TCP clients send",
    flags: [{ name: "rotate", type: "boolean", summary: "Make a new one; the old one ends" }],
    examples: [
      {
        line: `grpcurl -plaintext -H "authorization: Bearer $(stigmer local token)" 127.0.0.1:50051 list`,
        meaning: "any gRPC tool, on systems where the daemon cannot see who calls",
      },
    ],
    result: itemOf("access-token"),
    load: async () => (await import("../commands/local.ts")).localToken,
  },
];

export const configCommands: readonly CommandSpec[] = [
  {
    path: ["config", "list"],
    summary: "List settings with their values and where these come from",
    examples: [{ line: "stigmer config list -o wide", meaning: "with the values that each takes" }],
    result: pageOf("setting"),
    load: async () => (await import("../commands/config.ts")).listSettings,
  },
  {
    path: ["config", "get"],
    summary: "Print the value of a setting",
    arguments: [{ name: "KEY", summary: "Name of the setting", complete: "setting" }],
    examples: [{ line: "stigmer config get model.default", meaning: "the value alone" }],
    result: itemOf("setting"),
    load: async () => (await import("../commands/config.ts")).getSetting,
  },
  {
    path: ["config", "explain"],
    summary: "Explain settings: what they mean, which value wins and why",
    description:
      "Shows every place that may set it, the strongest first: flag, variable, project, config.yaml, default.",
    arguments: [
      {
        name: "KEY",
        summary: "Name of the setting; all of them without one",
        optional: true,
        complete: "setting",
      },
    ],
    examples: [{ line: "stigmer config explain port", meaning: "why the daemon is where it is" }],
    result: { form: "item-or-page", of: "setting-explanation" },
    load: async () => (await import("../commands/config.ts")).explainSettings,
  },
  {
    path: ["config", "set"],
    summary: "Change a setting in config.yaml",
    arguments: [
      { name: "KEY", summary: "Name of the setting", complete: "setting" },
      {
        name: "VALUE",
        summary: "New value; empty takes it back to the default",
        complete: "setting-value",
      },
    ],
    examples: [
      {
        line: "stigmer config set providers.openai-compatible.baseUrl http://127.0.0.1:8000/v1",
        meaning: "where a model provider is",
      },
    ],
    result: itemOf("setting"),
    load: async () => (await import("../commands/config.ts")).setSetting,
  },
];

export const toolCommands: readonly CommandSpec[] = [
  {
    path: ["dev", "model"],
    summary: "Serve a scripted model, to run agents without one",
    description:
      "Speaks the wire formats of the model providers on a loopback port and plays a script file, until Ctrl-C.",
    flags: [
      {
        name: "script",
        type: "string",
        value: "FILE",
        complete: "file",
        summary: "YAML file with the turns to play",
      },
      {
        name: "port",
        type: "integer",
        value: "PORT",
        defaultText: "any",
        summary: "TCP port on 127.0.0.1",
      },
    ],
    examples: [
      {
        line: "stigmer dev model --script turns.yaml --port 4010",
        meaning: "prints the variables to set",
      },
    ],
    streams: true,
    deadline: "none",
    result: itemOf("script-server"),
    load: async () => (await import("../commands/dev.ts")).serveModel,
  },
  {
    path: ["api"],
    summary: "Call any method of the gRPC contract",
    description: "Without a method it lists services and methods.",
    arguments: [{ name: "SERVICE/METHOD", summary: "Method to call", optional: true }],
    flags: [
      {
        name: "data",
        short: "d",
        type: "string",
        value: "JSON|@FILE|-",
        complete: "text-or-file",
        defaultText: "{}",
        summary: "The request in proto3 JSON",
      },
      {
        name: "export-proto",
        type: "string",
        value: "DIR",
        complete: "file",
        summary: "Write the .proto files of this version to a folder",
      },
    ],
    examples: [
      {
        line: `stigmer api AgentQueryController/list -d '{"pageSize":2}'`,
        meaning: "the package may be left out",
      },
      { line: "stigmer api --export-proto proto", meaning: "for other languages" },
    ],
    streams: true,
    deadline: jobDeadlineMs,
    result: itemOf("api-answer"),
    load: async () => (await import("../commands/api.ts")).callApi,
  },
  {
    path: ["doctor"],
    summary: "Find what keeps stigmer from working, and say what to do",
    description:
      "Looks at program, data folder, settings, daemon, port, store, secrets, model providers, MCP servers and what they need. Starts nothing and changes nothing. Exit 1 when there is a problem; warnings leave it 0.",
    examples: [
      {
        line: "stigmer doctor -o json --jq '.items[] | select(.state == \"problem\")'",
        meaning: "for a script",
      },
    ],
    deadline: 12_000,
    result: pageOf("doctor-check"),
    load: async () => (await import("../commands/doctor.ts")).doctor,
  },
  {
    path: ["completion"],
    summary: "Print the completion script of a shell",
    arguments: [
      {
        name: "SHELL",
        summary: "Shell that will read it",
        choices: ["bash", "zsh", "fish", "powershell"],
      },
    ],
    examples: [
      { line: 'eval "$(stigmer completion bash)"', meaning: "in ~/.bashrc" },
      { line: 'eval "$(stigmer completion zsh)"', meaning: "in ~/.zshrc, after compinit" },
      { line: "stigmer completion fish | source", meaning: "in ~/.config/fish/config.fish" },
      {
        line: "stigmer completion powershell | Out-String | Invoke-Expression",
        meaning: "in the file that $PROFILE names",
      },
    ],
    result: itemOf("completion-script"),
    load: async () => (await import("../commands/completion.ts")).printCompletion,
  },
  {
    path: ["version"],
    summary: "Print the version",
    examples: [{ line: "stigmer version -o json", meaning: "with the id of the build" }],
    result: itemOf("version"),
    load: async () => (await import("../commands/version.ts")).showVersion,
  },
];
