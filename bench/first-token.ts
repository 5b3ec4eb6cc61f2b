/**
 * From the model saying its first word to a subscriber hearing it: `bun bench/first-token.ts`.
 * The baseline reads the model without us.
 */
import { AgentClient } from "./support/agent-client.ts";
import { BenchHome } from "./support/bench-home.ts";
import { type Figure, figureOf } from "./support/figure.ts";
import { Load } from "./support/load.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";
import { StampingModel } from "./support/stamping-model.ts";

const firstTextAfterMs = 40;
const writers = { clients: 2, inFlight: 2 } as const;

export async function measureFirstToken(runs: number): Promise<Figure[]> {
  await using model = new StampingModel({ firstTextAfterMs });
  await using home = await BenchHome.open(model.config);
  home.stigmer("local", "start");
  using channel = home.channel();
  const agent = await AgentClient.create(channel, "speaker", {
    instructions: "Speak.",
    model: "openai-compatible/model",
  });
  // The first starts a runner, which the others of the session find.
  const session = await agent.run("Are you there?");
  const heard = (): Promise<number> => latencyOf(agent, model, session);
  const direct: number[] = [];
  const idle: number[] = [];
  for (let run = 0; run < runs; run++) {
    direct.push(await directLatency(model));
    idle.push(await heard());
    home.disk.sample();
  }
  const { busy, createsPerSecond } = await whileBusy(home, runs, heard);
  const target = { kind: "at most", value: 5 } as const;
  const ms = { unit: "ms" } as const;
  return [
    figureOf({ ...ms, name: "first token, read from the model itself", samples: direct }),
    figureOf({ ...ms, name: "first token at a subscriber", samples: idle, target }),
    figureOf({ ...ms, name: "the same while the store is busy", samples: busy, target }),
    figureOf({ name: "creates meanwhile", unit: "/s", samples: [createsPerSecond] }),
    home.disk.figure("first token"),
  ];
}

async function whileBusy(
  home: BenchHome,
  runs: number,
  heard: () => Promise<number>,
): Promise<{ busy: number[]; createsPerSecond: number }> {
  const options = { address: home.socket, verb: "create", name: "busy", ...writers } as const;
  await using load = await Load.open(options);
  // Long enough for the runs, which wait for the model most of their time.
  const created = load.run(runs * firstTextAfterMs * 3);
  const busy: number[] = [];
  for (let run = 0; run < runs; run++) busy.push(await heard());
  return { busy, createsPerSecond: (await created).perSecond };
}

async function latencyOf(
  agent: AgentClient,
  model: StampingModel,
  session: string,
): Promise<number> {
  const { id } = await agent.start("Say something.", session);
  let heardAt: number | undefined;
  for await (const { event } of agent.events(id)) {
    if (event.case === "delta") heardAt ??= performance.now();
  }
  const saidAt = model.answers.at(-1)?.firstTextAt;
  if (heardAt === undefined || saidAt === undefined) throw new Error("nothing was said");
  return heardAt - saidAt;
}

async function directLatency(model: StampingModel): Promise<number> {
  const body = JSON.stringify({ messages: [], stream: true });
  const response = await fetch(`${model.url}/chat/completions`, { method: "POST", body });
  let heardAt: number | undefined;
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    if (decoder.decode(chunk).includes("Done.")) heardAt ??= performance.now();
  }
  const saidAt = model.answers.at(-1)?.firstTextAt;
  if (heardAt === undefined || saidAt === undefined) throw new Error("nothing was said");
  return heardAt - saidAt;
}

if (import.meta.main) printFigures(await measureFirstToken(numberOption("runs", 40)));
