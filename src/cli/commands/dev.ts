import { once } from "node:events";
import { StigmerError } from "../../contract/errors.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Invocation } from "../invocation.ts";
import { textOutput } from "../output/item-output.ts";
import { renderOutput } from "../output/render-output.ts";

/** Serves the scripted model until the command is interrupted. */
export async function serveModel(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const path = invocation.text("script");
  if (path === undefined) {
    throw new StigmerError("usage", "--script is missing: the file with the turns to play.", {
      hint: "stigmer dev model --help",
    });
  }
  const { terminal, preferences, signal, interruption } = context;
  const [{ loadScript }, { startScriptServer }] = await Promise.all([
    import("../../script-model/script-file.ts"),
    import("../../script-model/server.ts"),
  ]);
  const script = await loadScript(path);
  await using server = startScriptServer({ script, port: invocation.integer("port") ?? 0, signal });
  const output = serverOutput(server.url);
  await terminal.data(renderOutput(output, preferences.format, terminal.style));
  terminal.notice(`Playing ${path} on ${server.url.origin}, until Ctrl-C.`);
  if (!signal.aborted) await once(signal, "abort");
  if (interruption.received === undefined) signal.throwIfAborted();
  return { exitCode: interruption.exitCode ?? 0 };
}

/** Lines that a shell takes; keys because clients of the providers ask for some. */
function serverOutput(url: URL): ReturnType<typeof textOutput> {
  const { origin } = url;
  const environment = {
    ANTHROPIC_BASE_URL: origin,
    ANTHROPIC_API_KEY: "script",
    OPENAI_BASE_URL: `${origin}/v1`,
    OPENAI_API_KEY: "script",
    OPENAI_COMPATIBLE_BASE_URL: `${origin}/v1`,
    GOOGLE_GEMINI_BASE_URL: origin,
    GEMINI_API_KEY: "script",
    OLLAMA_HOST: origin,
  };
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}\n`);
  return textOutput(lines.join(""), { url: origin, environment });
}
