/** Every benchmark and one table: `bun bench/all.ts [--seconds 60]`, the time a daemon idles. */
import { measureAgentTurn } from "./agent-turn.ts";
import { measureApply } from "./apply.ts";
import { measureExport } from "./export.ts";
import { measureExecution } from "./execution.ts";
import { measureFirstToken } from "./first-token.ts";
import { measureIdleMemory } from "./idle-memory.ts";
import { measureStartUp } from "./start-up.ts";
import { measureStoreGrowth } from "./store-growth.ts";
import { numberOption } from "./support/number-option.ts";
import { printFigures } from "./support/print-figures.ts";
import { measureThroughput } from "./throughput.ts";

printFigures([
  ...(await measureStartUp(25)),
  ...(await measureExecution(15)),
  ...(await measureFirstToken(40)),
  ...(await measureAgentTurn(10)),
  ...(await measureThroughput(3)),
  ...(await measureApply(1_000, 3)),
  ...(await measureExport(1_000, 5)),
  ...(await measureStoreGrowth(10_000, 9)),
  ...(await measureIdleMemory(numberOption("seconds", 60))),
]);
