import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const isRoot = process.getuid?.() === 0;

/** Why no disk can be mounted here; undefined where one can. */
export function smallDiskProblem(folder: string): string | undefined {
  if (!isRoot || process.platform !== "linux") return "mounting a tmpfs needs root on Linux";
  mkdirSync(folder, { mode: 0o700 });
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
  if (mounted.exitCode !== 0) return `no tmpfs can be mounted: ${mounted.stderr.toString().trim()}`;
  Bun.spawnSync(["umount", folder]);
  return undefined;
}

/** A file system of a few megabytes that can be filled and freed. */
export class SmallDisk implements Disposable {
  readonly path: string;

  constructor(path: string, size: string) {
    this.path = path;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    this.#mount(["-o", `size=${size},mode=0700`, "-t", "tmpfs", "tmpfs"]);
  }

  get #filler(): string {
    return join(this.path, "filler");
  }

  /** Takes the last byte. */
  fill(): void {
    try {
      writeFileSync(this.#filler, Buffer.alloc(256 << 20));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ENOSPC") throw thrown;
    }
  }

  free(): void {
    rmSync(this.#filler);
  }

  makeReadOnly(): void {
    this.#mount(["-o", "remount,ro"]);
  }

  [Symbol.dispose](): void {
    // Lazily: a process that was just killed may not have let go of it yet.
    Bun.spawnSync(["umount", "--lazy", this.path]);
  }

  #mount(args: readonly string[]): void {
    const { exitCode, stderr } = Bun.spawnSync(["mount", ...args, this.path]);
    if (exitCode !== 0) throw new Error(stderr.toString());
  }
}
