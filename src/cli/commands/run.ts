import { StigmerError } from "../../contract/errors.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { executeTurn } from "../execute/execute-turn.ts";
import { readMessage } from "../input/read-message.ts";
import type { Invocation } from "../invocation.ts";
import { applyProject } from "../project/apply-project.ts";
import { type ChosenAgent, chooseAgent } from "../project/choose-agent.ts";

/** Runs an agent: a stored one, or in a project one of those that were applied just now. */
export async function runProject(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const project = await context.project.get();
  const agents = project ? await applyProject(project, context) : [];
  const words = [...invocation.arguments("NAME"), ...invocation.arguments("MESSAGE")];
  const namesAgent = invocation.enabled("agent");
  const chosen = await chooseAgent({ words, namesAgent, project, agents }, context.daemon);
  const message = await messageFor(chosen, context);
  return await executeTurn(invocation, context, { agent: chosen.agent, message });
}

/** What was said, or what the project says to its agent. */
async function messageFor(
  { agent, words, isDefault }: ChosenAgent,
  context: CommandContext,
): Promise<string> {
  if (words.length > 0) return await readMessage(words, context);
  const project = await context.project.get();
  if (isDefault && project?.message !== undefined) {
    context.terminal.notice(`To ${agent}: ${project.message}`);
    return project.message;
  }
  const inProject = project && isDefault ? `, or set defaults.message in ${project.file}` : "";
  throw new StigmerError("usage", `MESSAGE is missing: what to say to ${agent}.`, {
    hint: `stigmer run ${agent} "hello"${inProject}`,
  });
}
