import { StigmerError } from "../../contract/errors.ts";
import type {
  HistoryArtifact,
  HistoryPart,
} from "../../contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import type { Store } from "../../store/store.ts";
import { cutOff } from "./history-refusals.ts";

/** Throws `data-loss` when the content is not what it is said to be. */
export async function importArtifact(
  store: Store,
  { sha256, size }: HistoryArtifact,
  incoming: AsyncIterator<HistoryPart>,
): Promise<void> {
  const stored = await store.artifacts.put(contentOf(incoming, Number(size)));
  if (stored.hash === sha256) return;
  throw new StigmerError("data-loss", `the artifact ${sha256} of the history is damaged`, {
    hint: "export it again",
  });
}

async function* contentOf(
  incoming: AsyncIterator<HistoryPart>,
  size: number,
): AsyncGenerator<Uint8Array> {
  for (let missing = size; missing > 0;) {
    // oxlint-disable-next-line no-await-in-loop -- in their order
    const next = await incoming.next();
    const part = next.done === true ? undefined : next.value.part;
    if (part?.case !== "content" || part.value.length > missing) throw cutOff();
    missing -= part.value.length;
    yield part.value;
  }
}
