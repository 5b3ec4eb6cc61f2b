import { apiVersion } from "../../contract/metadata-keys.ts";
import { yamlText } from "../output/yaml-text.ts";
import { projectFileName } from "../../system/project-file.ts";
import type { NewFile } from "./write-new-files.ts";

/** Built in, so that a new project answers on any machine. */
export const offlineModel = "script/hello";

/** The files of a new project. */
export function projectFiles(name: string): NewFile[] {
  return [
    { path: projectFileName, text: projectFile(name) },
    { path: "agents/hello.yaml", text: agentFile },
    { path: "README.md", text: readme(name), optional: true },
  ];
}

function projectFile(name: string): string {
  return `# A project of stigmer: commands read this file in its folder and everywhere below.
name: ${yamlText(name).trimEnd()}

# Where its definitions are. Without this line: every YAML and JSON file in agents/, mcp/,
# environments/, workflows/ and schedules/, and every skill in skills/.
# resources: [agents, more/*.yaml]

defaults:
  # What \`stigmer run\` does when nothing else is said.
  agent: hello
  message: Hello! Who are you?

  # The model of agents that name none. ${offlineModel} is built in: it needs no network and no key,
  # and has one answer to everything. For a real one, see README.md.
  model: ${offlineModel}
`;
}

const agentFile = `apiVersion: ${apiVersion}
kind: Agent
metadata:
  name: hello
spec:
  description: Answers questions in a few friendly words.
  instructions: |
    You are a friendly assistant. Answer in a few plain words.
    When you do not know something, say so.
  limits:
    maxTurns: 10
`;

function readme(name: string): string {
  return `# ${name}

A project of stigmer. One agent so far: \`hello\`, in \`agents/hello.yaml\`.

    stigmer run                          # its default message
    stigmer run "What can you do?"       # yours
    stigmer run hello "What can you do?" # the same, and says which agent

\`stigmer run\` applies the files of the project first and says what changed.

## A real model

The model is \`${offlineModel}\`: it is built in, needs no network, and has one answer to everything. For
a real one change \`defaults.model\` in \`stigmer.yaml\`, and give its key:

    model: anthropic/claude-sonnet-4-5   # ANTHROPIC_API_KEY, or: stigmer model login anthropic
    model: openai/gpt-5                  # OPENAI_API_KEY, or: stigmer model login openai
    model: ollama/qwen3:8b               # a model on this machine: ollama pull qwen3:8b

Without the line your own default model answers: \`stigmer config get model.default\`.
\`stigmer model list\` shows which providers are ready.

## Next

- Change the instructions in \`agents/hello.yaml\`, then \`stigmer diff\` and \`stigmer run\`.
- Add an agent: another file in \`agents/\`. \`stigmer explain agent\` lists what can stand in it.
- Give it tools: an MCP server in \`mcp/\`, and \`mcpServers: [{ref: NAME}]\` in the agent.
  \`stigmer explain mcpserver\` has the fields.
- Go on with a conversation: \`stigmer run --session @last "And then?"\`
- See what happened: \`stigmer execution get @last\`
`;
}
