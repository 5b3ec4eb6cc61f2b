import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { type Figure, figureOf } from "./figure.ts";

const block = Buffer.alloc(4_096, 1);

/** Writes 4 KB and waits for the disk, between the runs of a benchmark: what a commit costs here. */
export class DiskProbe implements Disposable {
  readonly #file: number;
  readonly #samples: number[] = [];

  /** @param path on the disk that the benchmark writes to */
  constructor(path: string) {
    this.#file = openSync(path, "a", 0o600);
  }

  sample(): void {
    writeSync(this.#file, block);
    const startedAt = performance.now();
    fsyncSync(this.#file);
    this.#samples.push(performance.now() - startedAt);
  }

  figure(during: string): Figure {
    return figureOf({ name: `fsync of 4 KB (${during})`, unit: "ms", samples: this.#samples });
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
