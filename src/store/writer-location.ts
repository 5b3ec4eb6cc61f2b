/** Where everything of a compiled binary lies; entry points keep their place below `src/`, as `.js`. */
const binaryRoot = "file:///$bunfs/root/";

/**
 * The URL of the writer's thread. The compiled binary must list `src/store/writer-thread.ts` as an
 * entry point beside `src/cli.ts`; it is then found below the root of the binary, never on disk.
 */
export function writerLocation(): string {
  return import.meta.url.startsWith(binaryRoot)
    ? `${binaryRoot}store/writer-thread.js`
    : new URL("./writer-thread.ts", import.meta.url).href;
}
