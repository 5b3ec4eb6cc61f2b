import { createLogger } from "../../system/log.ts";
import { TemporaryFolder } from "../../system/testing/temporary-folder.ts";
import { openStore } from "../open-store.ts";
import type { Store } from "../store.ts";

export const silentLog = createLogger({ sink: { write: () => undefined }, level: "error" });

/** A real store in a folder of its own; both go when it is disposed. */
export class TemporaryStore implements AsyncDisposable {
  private constructor(
    private readonly folder: TemporaryFolder,
    public store: Store,
  ) {}

  static async open(): Promise<TemporaryStore> {
    const folder = new TemporaryFolder();
    return new TemporaryStore(folder, await openIn(folder.path));
  }

  get file(): string {
    return this.folder.at("stigmer.db");
  }

  get artifactsDir(): string {
    return this.folder.at("artifacts");
  }

  async close(): Promise<void> {
    await this.store[Symbol.asyncDispose]();
  }

  /** Closes the store and opens it again, as a daemon that restarts does. */
  async reopen(): Promise<Store> {
    await this.close();
    this.store = await openIn(this.folder.path);
    return this.store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    this.folder[Symbol.dispose]();
  }
}

/** Opens the store of a folder: `stigmer.db` and `artifacts/`. */
export function openIn(folder: string): Promise<Store> {
  return openStore({
    file: `${folder}/stigmer.db`,
    artifactsDir: `${folder}/artifacts`,
    log: silentLog,
  });
}
