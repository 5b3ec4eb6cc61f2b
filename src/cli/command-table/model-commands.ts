import type { CommandSpec } from "../command-spec.ts";
import { itemOf } from "./results.ts";
import { jobDeadlineMs } from "./shared-flags.ts";

const providerArgument = {
  name: "PROVIDER",
  summary: "anthropic, openai, google, openai-compatible or ollama",
  complete: "provider",
} as const;

export const modelCommands: readonly CommandSpec[] = [
  {
    path: ["model", "list"],
    summary: "List model providers and what is set for each",
    arguments: [{ ...providerArgument, summary: "Only this provider", optional: true }],
    flags: [
      { name: "available", type: "boolean", summary: "Ask the providers which models they have" },
    ],
    examples: [
      { line: "stigmer model list ollama --available", meaning: "the models that are installed" },
    ],
    deadline: jobDeadlineMs,
    result: {
      ...itemOf("ai.stigmer.agentic.model.v1.ModelProviderList"),
      lines: ["ai.stigmer.agentic.model.v1.ModelProvider", "ai.stigmer.agentic.model.v1.Model"],
    },
    load: async () => (await import("../commands/model.ts")).listModels,
  },
  {
    path: ["model", "test"],
    summary: "Call a model once",
    arguments: [
      { name: "PROVIDER/MODEL", summary: "Without one: the default model", optional: true },
    ],
    examples: [{ line: "stigmer model test ollama/qwen3:8b", meaning: "does it answer, how fast" }],
    deadline: jobDeadlineMs,
    result: itemOf("ai.stigmer.agentic.model.v1.TestModelResponse"),
    load: async () => (await import("../commands/model.ts")).testModel,
  },
  {
    path: ["model", "login"],
    summary: "Store the key of a model provider",
    description:
      "The key comes from a prompt, a variable, a file or stdin, never from an argument. It is kept in the keychain, or in a file that only you can read.",
    arguments: [
      providerArgument,
      { name: "-", summary: "Read the key from stdin", optional: true },
    ],
    flags: [
      { name: "from-env", type: "string", value: "NAME", summary: "Take it from this variable" },
      {
        name: "from-file",
        type: "string",
        value: "FILE",
        complete: "file",
        summary: "Take it from this file",
      },
    ],
    examples: [
      { line: "stigmer model login anthropic", meaning: "asks for the key" },
      { line: "stigmer model login openai --from-env OPENAI_API_KEY", meaning: "in a script" },
    ],
    result: itemOf("ai.stigmer.agentic.model.v1.LoginResponse"),
    load: async () => (await import("../commands/model.ts")).loginModel,
  },
  {
    path: ["model", "logout"],
    summary: "Forget the stored key of a model provider",
    arguments: [providerArgument],
    examples: [{ line: "stigmer model logout openai", meaning: "a key in a variable stays" }],
    result: itemOf("ai.stigmer.agentic.model.v1.LogoutResponse"),
    load: async () => (await import("../commands/model.ts")).logoutModel,
  },
];
