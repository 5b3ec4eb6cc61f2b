/** Calls per second from 8 client processes over the socket: `bun bench/throughput.ts [--seconds 3]`. */
import { BenchHome } from "./support/bench-home.ts";
import { type Figure, figureOf, percentile, type Target } from "./support/figure.ts";
import { Load } from "./support/load.ts";
import type { LoadVerb } from "./support/load-client.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";

const clients = 8;
const rounds = 3;

interface Measured {
  readonly verb: LoadVerb;
  readonly inFlight: number;
  readonly name: string;
  readonly target?: Target;
}

const wanted = { kind: "at least", value: 1_000 } as const;

/** The first is the baseline: a call that touches nothing. */
const measured: readonly Measured[] = [
  { verb: "version", inFlight: 1, name: "`version`, one call at a time per client" },
  { verb: "get", inFlight: 1, name: "`get` of an agent, one at a time" },
  { verb: "create", inFlight: 1, name: "`create` of an agent, one at a time", target: wanted },
  { verb: "create", inFlight: 8, name: "`create` of an agent, 8 at a time" },
];

export async function measureThroughput(seconds: number): Promise<Figure[]> {
  await using home = await BenchHome.open();
  home.stigmer("local", "start");
  const results = measured.map(() => ({ rates: [] as number[], slowest: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, { verb, inFlight }] of measured.entries()) {
      const name = `load-${round}-${index}`;
      // oxlint-disable-next-line no-await-in-loop -- interleaved, not at the same time
      await using load = await Load.open({ address: home.socket, verb, name, clients, inFlight });
      for (let sample = 0; sample < 10; sample++) home.disk.sample();
      // oxlint-disable-next-line no-await-in-loop -- see above
      const { perSecond, latencies } = await load.run(seconds * 1_000);
      results[index]?.rates.push(perSecond);
      results[index]?.slowest.push(percentile(latencies, 99));
    }
  }
  const figures = measured.flatMap(({ name, target }, index) => {
    const { rates = [], slowest = [] } = results[index] ?? {};
    const aim = target === undefined ? {} : { target };
    return [
      figureOf({ name, unit: "/s", samples: rates, ...aim }),
      figureOf({ name: `${name}: 99th percentile`, unit: "ms", samples: slowest }),
    ];
  });
  return [...figures, home.disk.figure("throughput")];
}

if (import.meta.main) printFigures(await measureThroughput(numberOption("seconds", 3)));
