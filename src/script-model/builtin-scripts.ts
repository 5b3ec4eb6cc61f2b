import { minimalValue } from "./minimal-value.ts";
import type { Script, ScriptSet } from "./script.ts";
import type { ScriptRequest } from "./script-request.ts";
import type { ScriptTurn } from "./script-schema.ts";

/** Answers with the last user message. */
const echo: Script = { name: "echo", turns: () => [{ text: "{{user}}" }] };

/** What a new project answers before it has a real model. */
const hello: Script = {
  name: "hello",
  turns: () => [
    {
      text: [
        "Hello! You said: {{user}}",
        "",
        "I am script/hello, a model that is built in. I need no network and no key, and this is all",
        "that I can say. With a real model your agent answers for itself: see README.md.",
      ].join("\n"),
    },
  ],
};

/** Calls each offered tool once with the least its schema accepts, then answers. */
const auto: Script = { name: "auto", turns: autoTurns };

/** The scripts every server and every project has without a file. */
export const builtinScripts: ScriptSet = {
  byModel: new Map([echo, auto, hello].map((script) => [script.name, script])),
};

function autoTurns(request: ScriptRequest): readonly ScriptTurn[] {
  if (request.tools.length === 0) return [{ text: "There is no tool to call." }];
  const tools = request.tools.map((tool) => ({
    name: tool.name,
    args: minimalArguments(tool.inputSchema),
  }));
  return [{ tools }, { text: "Called {{tools}}. The last result: {{toolResult}}" }];
}

function minimalArguments(schema: unknown): NonNullable<ToolOfTurn["args"]> {
  const value = minimalValue(schema);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

type ToolOfTurn = NonNullable<ScriptTurn["tools"]>[number];
