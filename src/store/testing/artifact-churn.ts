/**
 * A process that puts, keeps, deletes and sweeps artifacts until it is killed:
 * `bun artifact-churn.ts FOLDER PREFIX [STEP]`. Prints `kept ID HASH` and `deleting ID` as the store
 * acknowledges them. With a STEP it kills itself there: `named` (the file is there, its row is not)
 * or `dropped` (the row is gone, its file is not).
 */
import { writeSync } from "node:fs";
import { type ArtifactIndex, openArtifacts } from "../artifacts.ts";
import { bytes, newAgent } from "./samples.ts";
import { openIn } from "./temporary-store.ts";

const [folder = "", prefix = "", step = ""] = process.argv.slice(2);
const store = await openIn(folder);
const say = (...words: string[]): void => void writeSync(1, `${words.join(" ")}\n`);
const die = (at: string): void => {
  if (at === step) process.kill(process.pid, "SIGKILL");
};

const index: ArtifactIndex = {
  find: (hash) => store.read.artifact(hash),
  has: (hash) => store.read.hasArtifact(hash),
  use: (afterHash, limit, before) => store.read.artifactUse(afterHash, limit, before),
  async record(artifact) {
    die("named");
    await store.write("recordArtifact", artifact);
  },
  async drop(hash, before) {
    const isDropped = await store.write("dropArtifact", { hash, before });
    if (isDropped) die("dropped");
    return isDropped;
  },
};
const artifacts = await openArtifacts(`${folder}/artifacts`, index);
const { signal } = new AbortController();

/** Few contents, so that one is put, swept and put again at the same time. */
const content = (): Uint8Array => bytes(`content ${Math.floor(Math.random() * 12)}`);

async function keep(writer: number): Promise<never> {
  for (let count = 0; ; count++) {
    const id = `${prefix}-${writer}-${count}`;
    await store.write("createResource", newAgent(id));
    const { hash } = await artifacts.put(content(), id);
    say("kept", id, hash);
    if (Math.random() < 0.3) continue;
    say("deleting", id);
    await store.write("deleteResource", { id, definitionKinds: [] });
  }
}

async function sweep(): Promise<never> {
  for (;;) {
    await artifacts.put(content());
    await artifacts.sweep({ before: Number.MAX_SAFE_INTEGER, signal });
  }
}

await Promise.all([keep(1), keep(2), keep(3), sweep()]);
