/**
 * A guided tour of the built binary in a temporary home: `bun run demo [--model PROVIDER/MODEL]`.
 *
 * It types what a user would type and looks at what a user could look at; a broken promise, or a
 * command that fails, ends it with exit code 1.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { tryKill } from "./demo/kill-trial.ts";
import { machineModels } from "./demo/machine-models.ts";
import { type ModelServer, startModelServer } from "./demo/model-server.ts";
import { Stage } from "./demo/stage.ts";
import { Tour } from "./demo/tour.ts";
import { processesNaming } from "./processes-naming.ts";
import { repositoryRoot } from "./repository.ts";

const fileServer = "@modelcontextprotocol/server-filesystem@2026.8.31";
const question = "When does my train to Lisbon leave?";

interface Demo {
  readonly tour: Tour;
  readonly stage: Stage;
  readonly model: ModelServer;
  /** The model that was asked for instead of the scripted one. */
  readonly realModel: string | undefined;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { model: { type: "string" } } });
  // The command in front gets the signal too; that it fails ends the tour, which then tidies up.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  const tour = new Tour();
  tour.say(
    `stigmer from its sources to agents that survive kill -9. Everything happens in a temporary
    folder that is removed at the end.`,
  );
  try {
    await using stage = await Stage.open(tour);
    await tour.step("Build one executable", () => build(tour));
    await playActs(tour, stage, values.model);
    await tour.step("Stop", () => stop(tour, stage));
  } catch (thrown) {
    tour.stopped(thrown instanceof Error ? thrown.message : String(thrown));
    return 1;
  }
  const exitCode = tour.end();
  if (exitCode === 0) suggest(tour);
  return exitCode;
}

async function playActs(tour: Tour, stage: Stage, realModel: string | undefined): Promise<void> {
  await using model = await tour.step("Choose a model", () => chooseModel(tour, stage, realModel));
  const demo: Demo = { tour, stage, model, realModel };
  await tour.step("Give an agent tools: an MCP server from npm", () => createLibrarian(demo));
  await tour.step("Ask it", () => askLibrarian(demo));
  await tour.step("Look at what was kept", () => showRecords(demo));
  await tour.step("Kill the runner", () => killRunner(demo));
  await tour.step("Kill the daemon", () => killDaemon(demo));
}

async function build(tour: Tour): Promise<void> {
  const startedAt = performance.now();
  tour.command(["bun", "run", "build"]);
  const child = Bun.spawn([process.execPath, join(repositoryRoot, "scripts/build-binary.ts")], {
    cwd: repositoryRoot,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) throw new Error("the build failed");
  tour.time(startedAt);
  tour.say("CLI, daemon and runners are this one file, dist/stigmer, called stigmer below.");
}

async function chooseModel(
  tour: Tour,
  stage: Stage,
  realModel: string | undefined,
): Promise<ModelServer> {
  tour.command(["export", `STIGMER_HOME=${stage.home}`, "STIGMER_PORT=0"]);
  tour.say(await modelSentence(stage, realModel));
  const model = await startModelServer(stage, tour);
  await stage.run(["config", "set", "providers.openai-compatible.baseUrl", model.baseUrl]);
  return model;
}

async function modelSentence(stage: Stage, realModel: string | undefined): Promise<string> {
  if (realModel !== undefined) {
    return `The questions go to ${realModel}. The two executions that are killed use a scripted
      model over HTTP, because it counts what it is asked.`;
  }
  const available = await machineModels(stage);
  const found =
    available.length === 0
      ? "This machine has no key of a provider and no Ollama with a model that calls tools."
      : `This machine also has ${available.join(", ")}: add --model PROVIDER/MODEL to use it.`;
  return `The demo uses a scripted model over HTTP, so that it is the same everywhere and what the
    model is asked can be counted. ${found}`;
}

async function createLibrarian({ tour, stage, realModel }: Demo): Promise<void> {
  tour.say("The first command that needs the daemon starts it.");
  const server = ["npx", "-y", fileServer, stage.notes];
  await stage.run(["mcp", "add", "files", "--", ...server]);
  await stage.run(["mcp", "call", "files", "list_directory", '{"path":"."}']);
  const instructions = "You answer from the notes of the user. List the folder . first.";
  const tools = "files:list_directory,read_text_file";
  const model = realModel ?? "openai-compatible/librarian";
  const flags = ["--instructions", instructions, "--mcp", tools, "--model", model];
  await stage.run(["agent", "create", "librarian", ...flags]);
}

async function askLibrarian({ tour, stage, realModel }: Demo): Promise<void> {
  const variables = realModel === undefined ? "removed" : "kept";
  const execute = ["agent", "execute", "librarian"];
  await stage.run([...execute, question], variables);
  tour.check("the answer is what the file says", (await lastAnswer(stage)).includes("07:42"));
  tour.say("A second message in the same session:");
  await stage.run([...execute, "--session", "@last", "What was my first question?"], variables);
  tour.check("it knows the first one", (await lastAnswer(stage)).includes("train to Lisbon"));
}

async function lastAnswer(stage: Stage): Promise<string> {
  const execution = await stage.ask<{ status: { output?: string } }>(["execution", "get", "@last"]);
  return execution.status.output ?? "";
}

async function showRecords({ tour, stage }: Demo): Promise<void> {
  await stage.run(["execution", "list"]);
  const ids = await stage.ask<{ items: { metadata: { id: string } }[] }>(["execution", "list"]);
  const first = ids.items.at(-1)?.metadata.id ?? "";
  tour.say("The first one with its messages, tool calls and tokens:");
  await stage.run(["execution", "get", first]);
}

async function killRunner(demo: Demo): Promise<void> {
  const { tour, stage } = demo;
  tour.say(
    `An agent runs in a process of its own, the runner. What it did is in the journal of the
    daemon, so that another runner goes on when it dies. The next agent writes two lines to a
    ledger, with a tool that nobody may call twice, and then answers slowly.`,
  );
  const server = Bun.fileURLToPath(new URL("demo/ledger-server.ts", import.meta.url));
  await stage.run(["mcp", "add", "ledger", "--", process.execPath, server, stage.ledger]);
  const instructions = "You keep the ledger.";
  const model = "openai-compatible/bookkeeper";
  const flags = ["--instructions", instructions, "--mcp", "ledger", "--model", model];
  await stage.run(["agent", "create", "bookkeeper", ...flags]);
  await tryKill(demo, { month: "March", victim: "runner" });
}

async function killDaemon(demo: Demo): Promise<void> {
  demo.tour.say(
    "The same with the daemon. The command that waits for the answer starts it again by itself.",
  );
  await tryKill(demo, { month: "April", victim: "daemon" });
  await demo.stage.run(["execution", "list", "--limit", "2"]);
}

async function stop(tour: Tour, stage: Stage): Promise<void> {
  await stage.run(["local", "stop"]);
  const left = await processesNaming(stage.folder);
  tour.check("no process is left", left.length === 0);
}

function suggest(tour: Tour): void {
  tour.say("Your turn. These use your own home, ~/.stigmer; script/echo is built in:");
  const parrot = ["--instructions", "You repeat.", "--model", "script/echo"];
  tour.command(["dist/stigmer", "agent", "create", "parrot", ...parrot]);
  tour.command(["dist/stigmer", "agent", "execute", "parrot", "hello"]);
  tour.command(["dist/stigmer", "model", "login", "anthropic"], "# for a real model");
}

process.exitCode = await main();
