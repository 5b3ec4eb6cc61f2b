/**
 * What a turn of an agent costs beside the model: `bun bench/agent-turn.ts [--runs 10]`. From the end
 * of an answer that asks for a tool to the next request: the tool is called and all is recorded.
 */
import { AgentClient } from "./support/agent-client.ts";
import { BenchHome } from "./support/bench-home.ts";
import { type Figure, figureOf } from "./support/figure.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";
import { type AnswerTimes, StampingModel } from "./support/stamping-model.ts";
import { toolServerCommand } from "./support/tool-server-command.ts";

const turns = 20;

export async function measureAgentTurn(runs: number): Promise<Figure[]> {
  await using model = new StampingModel({ toolTurns: turns - 1 });
  await using home = await BenchHome.open(model.config);
  home.stigmer("local", "start");
  using channel = home.channel();
  const inline = {
    name: "silent",
    spec: { transport: { case: "stdio", value: toolServerCommand } },
  } as const;
  const agent = await AgentClient.create(channel, "worker", {
    instructions: "Work.",
    model: "openai-compatible/model",
    mcpServers: [{ server: { case: "inline", value: inline } }],
  });
  const means: number[] = [];
  const gaps: number[] = [];
  for (let run = 0; run < runs; run++) {
    // A runner belongs to a session: the first execution warms it for the second.
    const session = await agent.run("Warm up.");
    model.answers.length = 0;
    await agent.run("Work.", session);
    const between = gapsOf(model.answers);
    gaps.push(...between);
    means.push(between.reduce((sum, gap) => sum + gap, 0) / between.length);
    home.disk.sample();
  }
  const ms = { unit: "ms" } as const;
  const target = { kind: "at most", value: 10 } as const;
  return [
    figureOf({ ...ms, name: `overhead per turn, mean of ${turns}`, samples: means, target }),
    figureOf({ ...ms, name: "overhead of single turns", samples: gaps }),
    home.disk.figure("turns"),
  ];
}

function gapsOf(answers: readonly AnswerTimes[]): number[] {
  return answers.slice(1).map(({ receivedAt }, index) => {
    const before = answers[index]?.endedAt ?? Number.NaN;
    return receivedAt - before;
  });
}

if (import.meta.main) printFigures(await measureAgentTurn(numberOption("runs", 10)));
