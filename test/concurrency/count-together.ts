import { Channel } from "../../src/contract/channel.ts";
import { StigmerError } from "../../src/contract/errors.ts";
import { ApiResourceKind } from "../../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../../src/contract/kinds.ts";
import { KindClient } from "../every-kind/kind-client.ts";

const kind = kindOf(ApiResourceKind.AGENT);
const counter = "count";

const firstBackOffMs = 4;
const longestBackOffMs = 500;

/** How a client writes what it read: refused when it is stale, or over whatever is there. */
export type WriteMode = "checked" | "unchecked";

export interface CountOptions {
  readonly address: string;
  /** The agent whose annotation is counted up. */
  readonly slug: string;
  readonly clients: number;
  readonly writesPerClient: number;
  readonly mode: WriteMode;
}

export interface Counted {
  readonly count: number;
  /** Writes that were refused and made again on what was there. */
  readonly refused: number;
}

/** Clients with a connection each, which read a number, add one and write it back. */
export async function countTogether(options: CountOptions): Promise<Counted> {
  const { address, slug, clients, writesPerClient, mode } = options;
  let refused = 0;
  const work = async (): Promise<void> => {
    using channel = new Channel({ address });
    const client = new KindClient(kind, channel);
    for (let written = 0, tries = 0; written < writesPerClient;) {
      // oxlint-disable-next-line no-await-in-loop -- one write after the other
      if (await addOne(client, slug, mode)) {
        written += 1;
        tries = 0;
      } else {
        refused += 1;
        tries += 1;
        // oxlint-disable-next-line no-await-in-loop -- all at once, one of fifty gets through
        await Bun.sleep(Math.random() * Math.min(firstBackOffMs * 2 ** tries, longestBackOffMs));
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, work));
  using channel = new Channel({ address });
  return { count: countOf(await new KindClient(kind, channel).get(slug)), refused };
}

/** False when somebody else was faster. */
async function addOne(client: KindClient, slug: string, mode: WriteMode): Promise<boolean> {
  const read = await client.get(slug);
  if (!read.metadata) throw new Error("a resource has metadata");
  read.metadata.annotations[counter] = String(countOf(read) + 1);
  if (mode === "unchecked") read.metadata.resourceVersion = "";
  try {
    await client.update(read);
    return true;
  } catch (thrown) {
    if (!(thrown instanceof StigmerError) || thrown.code !== "conflict") throw thrown;
    return false;
  }
}

function countOf({ metadata }: { metadata?: { annotations: Record<string, string> } | undefined }) {
  return Number(metadata?.annotations[counter] ?? 0);
}
