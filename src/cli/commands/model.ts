import { toJson } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import {
  LoginResponseSchema,
  LogoutResponseSchema,
  type Model,
  ModelProviderListSchema,
  type ModelProvider,
  ModelProviderSchema,
  ModelSchema,
  TestModelResponseSchema,
} from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import { ModelCommandController } from "../../contract/gen/ai/stigmer/agentic/model/v1/command_pb.ts";
import { ModelQueryController } from "../../contract/gen/ai/stigmer/agentic/model/v1/query_pb.ts";
import {
  findModelProvider,
  modelProviderNames,
  modelProviders,
} from "../../contract/model-providers.ts";
import { nearestName } from "../../contract/nearest-name.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { askSecret } from "../input/ask-secret.ts";
import { readStdin } from "../input/read-stdin.ts";
import { readTextFile } from "../input/read-text.ts";
import type { Invocation } from "../invocation.ts";
import { textOutput } from "../output/item-output.ts";
import { listOutput } from "../output/list-output.ts";
import type { Output, View } from "../output/output.ts";
import { elapsedText } from "../output/time-text.ts";
import { usageText } from "../output/usage-text.ts";

const jobTimeoutMs = 170_000;

export async function listModels(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const provider = invocation.optionalArgument("PROVIDER") ?? "";
  if (provider !== "") checkProvider(provider);
  const withModels = invocation.enabled("available");
  if (withModels) context.terminal.progress("Asking the providers …");
  const list = await context.daemon.call(
    ModelQueryController.method.list,
    { provider, withModels },
    { lendsCredentials: true, timeoutMs: jobTimeoutMs },
  );
  const defaultModel = list.defaultModel === "" ? "not chosen yet" : list.defaultModel;
  context.terminal.notice(`Default model: ${defaultModel}`);
  if (withModels) for (const { name, error } of list.items) warnOf(context, name, error);
  const rows: Output = withModels
    ? listOutput(modelView, { items: list.items.flatMap(({ models }) => models), nextCursor: "" })
    : listOutput(providerView, { items: list.items, nextCursor: "" });
  return { output: { ...rows, json: () => toJson(ModelProviderListSchema, list) } };
}

export async function testModel(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const model = invocation.optionalArgument("PROVIDER/MODEL") ?? "";
  context.terminal.progress(`Calling ${model || "the default model"} …`);
  const answer = await context.daemon.call(
    ModelCommandController.method.test,
    { model },
    { lendsCredentials: true, timeoutMs: jobTimeoutMs },
  );
  const first = elapsedText(Number(answer.firstTokenMs));
  const total = elapsedText(Number(answer.totalMs));
  const text = `${answer.model} answered "${answer.text.trim()}" after ${first}, done after ${total}; ${usageText(answer.usage)}\n`;
  return { output: textOutput(text, toJson(TestModelResponseSchema, answer)) };
}

export async function loginModel(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const provider = invocation.argument("PROVIDER");
  checkProvider(provider);
  const apiKey = (await readKey(invocation, context)).trim();
  if (apiKey === "") {
    throw new StigmerError("usage", "The key is empty.", { hint: "stigmer model login --help" });
  }
  const answer = await context.daemon.call(ModelCommandController.method.login, {
    provider,
    apiKey,
  });
  if (answer.notice !== "") context.terminal.warn(answer.notice);
  if (answer.resumedExecutions > 0) {
    context.terminal.say(`Executions that waited for it and go on: ${answer.resumedExecutions}`);
  }
  const text = `key of ${provider} stored (${answer.store})\n`;
  return { output: textOutput(text, toJson(LoginResponseSchema, answer)) };
}

export async function logoutModel(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const provider = invocation.argument("PROVIDER");
  checkProvider(provider);
  const answer = await daemon.call(ModelCommandController.method.logout, { provider });
  const text = answer.removed
    ? `key of ${provider} forgotten\n`
    : `no key of ${provider} was stored\n`;
  return { output: textOutput(text, toJson(LogoutResponseSchema, answer)) };
}

/** From the one source that was named, otherwise from a prompt. */
async function readKey(invocation: Invocation, context: CommandContext): Promise<string> {
  const variable = invocation.text("from-env");
  const file = invocation.text("from-file");
  const dash = invocation.optionalArgument("-");
  if ([variable, file, dash].filter((source) => source !== undefined).length > 1) {
    throw new StigmerError("usage", "There is more than one source of the key.", {
      hint: "Use one of --from-env, --from-file and -.",
    });
  }
  if (variable !== undefined) return variableValue(context, variable);
  if (file !== undefined) return await readTextFile(file);
  if (dash === "-") return await readStdin(context.terminal, context.signal);
  if (dash !== undefined) {
    throw new StigmerError("usage", "A key is never taken from an argument: others can see it.", {
      hint: "Leave it out and be asked, or use --from-env NAME, --from-file FILE or -.",
    });
  }
  return await askSecret(context, {
    question: `Key of ${invocation.argument("PROVIDER")}: `,
    instead: "--from-env NAME, --from-file FILE or -",
  });
}

function variableValue({ variables }: CommandContext, name: string): string {
  const value = variables[name];
  if (value !== undefined && value !== "") return value;
  throw new StigmerError("usage", `The variable ${name} is not set.`, {
    hint: `export ${name}=…, or another source: stigmer model login --help`,
  });
}

function checkProvider(name: string): void {
  if (findModelProvider(name)) return;
  const nearest = nearestName(name, Object.keys(modelProviders));
  throw new StigmerError("usage", `There is no model provider "${name}".`, {
    hint:
      nearest === undefined
        ? `One of: ${modelProviderNames.join(", ")}`
        : `Did you mean ${nearest}?`,
  });
}

function warnOf({ terminal }: CommandContext, name: string, error: string): void {
  if (error !== "") terminal.warn(`${name}: ${error}`);
}

const providerView: View<ModelProvider> = {
  columns: [
    { title: "PROVIDER", value: ({ name }) => name },
    { title: "KEY", value: keyText },
    { title: "BASE URL", value: ({ baseUrl }) => baseUrl, flexible: true },
    { title: "FROM", value: ({ baseUrlSource }) => baseUrlSource },
    { title: "TO GET ACCESS", value: ({ hint }) => hint, wide: true },
  ],
  name: ({ name }) => name,
  json: (provider) => toJson(ModelProviderSchema, provider),
};

function keyText({ keySource, needsKey }: ModelProvider): string {
  if (keySource !== "") return `from ${keySource}`;
  return needsKey ? "none" : "not needed";
}

const modelView: View<Model> = {
  columns: [
    { title: "MODEL", value: ({ name }) => name },
    { title: "TOOLS", value: ({ tools }) => toolsText(tools) },
    {
      title: "CONTEXT",
      value: ({ contextLength }) => (contextLength === 0n ? "" : String(contextLength)),
    },
  ],
  name: ({ name }) => name,
  json: (model) => toJson(ModelSchema, model),
};

function toolsText(tools: boolean | undefined): string {
  if (tools === undefined) return "";
  return tools ? "yes" : "no";
}
