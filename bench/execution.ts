/** From asking for an execution to its end, with a model that answers at once: `bun bench/execution.ts`. */
import { AgentClient } from "./support/agent-client.ts";
import { BenchHome } from "./support/bench-home.ts";
import { type Figure, figureOf } from "./support/figure.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";

/** Runners of sessions that are over shall not fill the machine. */
const config = "runner.idleTimeout: 1s\n";

export async function measureExecution(runs: number): Promise<Figure[]> {
  await using home = await BenchHome.open(config);
  home.stigmer("local", "start");
  using channel = home.channel();
  const spec = { instructions: "Repeat.", model: "script/echo" };
  const agent = await AgentClient.create(channel, "parrot", spec);
  const samples = { cold: [] as number[], warm: [] as number[], command: [] as number[] };
  for (let run = 0; run < runs; run++) {
    const coldAt = performance.now();
    const session = await agent.run("Hello.");
    const warmAt = performance.now();
    await agent.run("Hello again.", session);
    samples.cold.push(warmAt - coldAt);
    samples.warm.push(performance.now() - warmAt);
    samples.command.push(home.stigmer("agent", "execute", "parrot", "Hello."));
    home.disk.sample();
  }
  const ms = { unit: "ms" } as const;
  return [
    figureOf({ ...ms, name: "execution, its runner being started", samples: samples.cold }),
    figureOf({ ...ms, name: "execution, its runner being there", samples: samples.warm }),
    figureOf({ ...ms, name: "`agent execute`, start to exit", samples: samples.command }),
    home.disk.figure("execution"),
  ];
}

if (import.meta.main) printFigures(await measureExecution(numberOption("runs", 15)));
