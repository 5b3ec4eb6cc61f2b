import type { ArgumentSpec, CommandSpec } from "../command-spec.ts";
import { itemOf, pageOf } from "./results.ts";

const contextArgument: ArgumentSpec = {
  name: "CONTEXT",
  summary: "Name of the context",
  complete: "context",
};

export const contextCommands: readonly CommandSpec[] = [
  {
    path: ["login"],
    summary: "Log in to a server; commands go there from then on",
    description:
      "The server is asked who you are before anything is kept. The token comes from a file, a variable, stdin or a prompt, never from an argument; it is kept in the keychain, or in a file that only you can read.",
    arguments: [
      {
        name: "SERVER",
        summary:
          "HOST, HOST:PORT, https://HOST[:PORT] or http://localhost:PORT; without one: the setting cloud.server",
        optional: true,
      },
      { name: "-", summary: "Read the token from stdin", optional: true },
    ],
    flags: [
      {
        name: "token-file",
        type: "string",
        value: "FILE",
        complete: "file",
        summary: "Take the token from this file, which only you may read",
      },
      {
        name: "api-key-from-env",
        type: "string",
        value: "NAME",
        bare: "STIGMER_API_KEY",
        defaultText: "STIGMER_API_KEY",
        summary: "Take the token from this variable",
      },
      {
        name: "ca-file",
        type: "string",
        value: "FILE",
        complete: "file",
        summary: "Trust the authorities in this PEM file, not those of the system",
      },
      {
        name: "client-cert",
        type: "string",
        value: "FILE",
        complete: "file",
        summary: "Show this certificate (PEM)",
      },
      {
        name: "client-key",
        type: "string",
        value: "FILE",
        complete: "file",
        summary: "The key of that certificate (PEM)",
      },
      { name: "org", type: "string", value: "ORG", summary: "The organisation that commands mean" },
      {
        name: "name",
        type: "string",
        value: "CONTEXT",
        defaultText: "host and port",
        summary: "What to call it",
      },
      {
        name: "allow-clear-text",
        type: "boolean",
        summary: "Send the token unencrypted, also to another machine",
      },
    ],
    examples: [
      { line: "stigmer login stigmer.example.com", meaning: "asks for the token" },
      {
        line: "stigmer login stigmer.example.com --api-key-from-env --name ci",
        meaning: "in a script, from STIGMER_API_KEY",
      },
    ],
    result: itemOf("context"),
    load: async () => (await import("../commands/login.ts")).login,
  },
  {
    path: ["logout"],
    summary: "Forget the token of a server",
    arguments: [
      { ...contextArgument, summary: "Without one: the current context", optional: true },
    ],
    examples: [{ line: "stigmer logout", meaning: "the one that commands go to now" }],
    result: itemOf("logout"),
    load: async () => (await import("../commands/login.ts")).logout,
  },
  {
    path: ["whoami"],
    summary: "Show whom the daemon or server takes you for",
    examples: [{ line: "stigmer whoami -o json", meaning: "for a script" }],
    result: itemOf("identity"),
    load: async () => (await import("../commands/login.ts")).whoami,
  },
  {
    path: ["context", "list"],
    summary: "List whom commands can talk to",
    examples: [{ line: "stigmer context list -o name", meaning: "their names alone" }],
    result: pageOf("context"),
    load: async () => (await import("../commands/context.ts")).listContexts,
  },
  {
    path: ["context", "show"],
    summary: "Show a context",
    arguments: [
      { ...contextArgument, summary: "Without one: the current context", optional: true },
    ],
    examples: [{ line: "stigmer context show", meaning: "the one that commands go to now" }],
    result: itemOf("context"),
    load: async () => (await import("../commands/context.ts")).showContext,
  },
  {
    path: ["context", "use"],
    summary: "Let commands go to a context from now on",
    arguments: [contextArgument],
    examples: [{ line: "stigmer context use local", meaning: "back to this machine" }],
    result: itemOf("context"),
    load: async () => (await import("../commands/context.ts")).useContext,
  },
  {
    path: ["context", "delete"],
    summary: "Forget a server and its token",
    arguments: [contextArgument],
    examples: [{ line: "stigmer context delete ci", meaning: "its token is forgotten, too" }],
    result: itemOf("context-deletion"),
    load: async () => (await import("../commands/context.ts")).deleteContext,
  },
];
