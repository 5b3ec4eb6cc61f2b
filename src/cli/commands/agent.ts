import { create } from "@bufbuild/protobuf";
import { StigmerError } from "../../contract/errors.ts";
import { AgentCommandController } from "../../contract/gen/ai/stigmer/agentic/agent/v1/command_pb.ts";
import { AgentSpecSchema } from "../../contract/gen/ai/stigmer/agentic/agent/v1/spec_pb.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { executeTurn } from "../execute/execute-turn.ts";
import { readFileAgent } from "../execute/inline-agent.ts";
import { readMessage } from "../input/read-message.ts";
import { parseKeyValues } from "../input/key-values.ts";
import { readText } from "../input/read-text.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput, itemOutput } from "../output/item-output.ts";
import { agentChanges, changeSpec, given } from "../resources/agent-changes.ts";
import { warnOfDoubts } from "../resources/agent-doubts.ts";
import { agentKind } from "../resources/agent-kind.ts";
import { deleteResources } from "../resources/delete-resources.ts";
import { listResources } from "../resources/list-resources.ts";
import { newRequestId } from "../resources/request-id.ts";
import { nameOf } from "../resources/resource-kind.ts";
import { updateResource } from "../resources/update-resource.ts";

export async function createAgent(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const name = invocation.argument("NAME");
  const instructions = await readInstructions(invocation, context);
  if (instructions === undefined) {
    throw instructionsError("--instructions is missing: what the model is told first.", invocation);
  }
  const spec = create(AgentSpecSchema, { instructions });
  changeSpec(spec, await agentChanges(invocation, context));
  const labels = parseKeyValues(invocation.texts("label"), "--label");
  const agent = await context.daemon.call(
    AgentCommandController.method.create,
    { metadata: { name, labels }, spec },
    { metadata: newRequestId() },
  );
  await warnOfDoubts(agent, invocation, context);
  context.terminal.notice(`Run it: stigmer agent execute ${nameOf(agent)} "hello"`);
  const sentence = `agent ${nameOf(agent)} created`;
  return { output: changeOutput(agentKind.view, [agent], () => sentence) };
}

export async function getAgent(
  invocation: Invocation,
  { daemon }: CommandContext,
): Promise<CommandResult> {
  const agent = await agentKind.get(daemon, invocation.argument("NAME"));
  return { output: itemOutput(agentKind.view, agent) };
}

export async function listAgents(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await listResources(agentKind, invocation, context);
}

export async function updateAgent(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { daemon } = context;
  const instructions = await readInstructions(invocation, context);
  const changes = {
    ...(await agentChanges(invocation, context)),
    ...(instructions === undefined ? {} : { instructions }),
  };
  const labels = parseKeyValues(given(invocation, "label"), "--label");
  if (Object.keys(changes).length === 0 && !invocation.has("label")) throw nothingToChange();
  const agent = await updateResource({
    read: () => agentKind.get(daemon, invocation.argument("NAME")),
    change: ({ metadata, spec }) => {
      if (spec) changeSpec(spec, changes);
      if (metadata && invocation.has("label")) metadata.labels = labels;
    },
    write: (changed) => daemon.call(AgentCommandController.method.update, changed),
  });
  await warnOfDoubts(agent, invocation, context);
  const sentence = `agent ${nameOf(agent)} updated`;
  return { output: changeOutput(agentKind.view, [agent], () => sentence) };
}

export async function deleteAgents(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await deleteResources(agentKind, invocation.arguments("NAME"), { invocation, context });
}

export async function executeAgent(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const words = [...invocation.arguments("NAME"), ...invocation.arguments("MESSAGE")];
  const file = invocation.text("file");
  if (file !== undefined) return await executeFile(file, words, { invocation, context });
  const [agent, ...message] = words;
  if (agent === undefined || message.length === 0) throw incomplete(agent);
  return await executeTurn(invocation, context, {
    agent,
    message: await readMessage(message, context),
  });
}

async function executeFile(
  file: string,
  words: readonly string[],
  { invocation, context }: { readonly invocation: Invocation; readonly context: CommandContext },
): Promise<CommandResult> {
  if (invocation.has("session")) throw noConversation(file);
  if (file === "-" && words.at(-1) === "-") {
    throw new StigmerError("usage", "stdin is either the file or a part of the message.", {
      hint: 'stigmer agent execute -f FILE "…" -',
    });
  }
  if (words.length === 0) throw messageMissing(`-f ${file}`);
  const agent = await readFileAgent(file, context);
  return await executeTurn(invocation, context, {
    agent,
    message: await readMessage(words, context),
  });
}

function incomplete(agent: string | undefined): StigmerError {
  if (agent !== undefined) return messageMissing(agent);
  return new StigmerError("usage", "NAME is missing: which agent to run.", {
    hint: 'stigmer agent execute NAME "hello", or -f FILE in place of NAME',
  });
}

function messageMissing(who: string): StigmerError {
  return new StigmerError("usage", "MESSAGE is missing: what to say.", {
    hint: `stigmer agent execute ${who} "hello", or - to read it from stdin`,
  });
}

function noConversation(file: string): StigmerError {
  return new StigmerError("usage", "An agent of a file has no session to go on with.", {
    hint: `store it first: stigmer apply -f ${file}, then stigmer agent execute NAME --session …`,
  });
}

/** The text of `--instructions`; undefined without the flag. */
async function readInstructions(
  invocation: Invocation,
  context: CommandContext,
): Promise<string | undefined> {
  const text = invocation.text("instructions");
  if (text === undefined) return undefined;
  const instructions = await readText(text, context);
  if (instructions.trim() !== "") return instructions;
  throw instructionsError("The instructions are empty.", invocation);
}

function instructionsError(message: string, invocation: Invocation): StigmerError {
  const command = `stigmer ${invocation.command.path.join(" ")} ${invocation.argument("NAME")}`;
  return new StigmerError("usage", message, {
    hint: `${command} --instructions "You are a helpful assistant."`,
  });
}

function nothingToChange(): StigmerError {
  return new StigmerError("usage", "Nothing to change: no flag says what.", {
    hint: "stigmer agent update --help",
  });
}
