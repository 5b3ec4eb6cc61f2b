import type { JournalEntry, JournalReport } from "../../src/script-model/request-journal.ts";
import type { Stage } from "./stage.ts";
import type { Tour } from "./tour.ts";

/** `stigmer dev model` in the background. */
export interface ModelServer extends AsyncDisposable {
  readonly pid: number;
  /** Where clients of the OpenAI wire find it. */
  readonly baseUrl: string;
  /** Every request it got, oldest first. */
  requests(): Promise<readonly JournalEntry[]>;
}

const script = "examples/demo-model.yaml";
const addressVariable = "OPENAI_COMPATIBLE_BASE_URL";

/** Starts the scripted model and shows where it listens. @throws when it does not. */
export async function startModelServer(stage: Stage, tour: Tour): Promise<ModelServer> {
  const words = ["dev", "model", "--script", script];
  tour.command(["stigmer", ...words], "&");
  const child = stage.startUnseen(words);
  const baseUrl = await announcedAddress(child);
  tour.output(`export ${addressVariable}=${baseUrl}`);
  return {
    pid: child.pid,
    baseUrl,
    requests: async () => {
      const response = await fetch(new URL("/__journal", baseUrl));
      const report = (await response.json()) as JournalReport;
      return report.requests;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

async function announcedAddress(child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<string> {
  let printed = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    printed += decoder.decode(chunk, { stream: true });
    const address = new RegExp(`${addressVariable}=(\\S+)\n`).exec(printed)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`the model server did not start: ${await child.stderr.text()}`);
}
