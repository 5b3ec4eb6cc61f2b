import { dlopen, FFIType, read } from "bun:ffi";
import type { Pointer } from "bun:ffi";
import { StigmerError } from "../contract/errors.ts";
import { cLibraries } from "./c-libraries.ts";

const operations = { shared: 1, exclusive: 2, unlock: 8 } as const;
const withoutWaiting = 4;
const wouldBlock = process.platform === "darwin" ? 35 : 11;

/**
 * flock(2) without waiting. POSIX record locks (fcntl) would not do: they are lost as soon as the
 * holder closes any descriptor of the same file.
 * @returns whether the lock was granted; false when another open of the file holds it
 * @throws StigmerError failed-precondition when the file system has no such locks
 */
export function flock(descriptor: number, operation: keyof typeof operations): boolean {
  using library = openLibrary();
  if (library.flock(descriptor, operations[operation] | withoutWaiting) === 0) return true;
  const errno = read.i32(library.errnoAt);
  if (errno === wouldBlock) return false;
  throw new StigmerError("failed-precondition", `the file system refused a lock (errno ${errno})`, {
    hint: "keep the data folder on a local disk: set STIGMER_HOME",
  });
}

interface CLibrary extends Disposable {
  flock(descriptor: number, operation: number): number;
  /** Found before the call: looking it up afterwards could overwrite the number there. */
  readonly errnoAt: Pointer;
}

function openLibrary(): CLibrary {
  const causes: unknown[] = [];
  for (const name of cLibraries) {
    try {
      const library = dlopen(name, {
        flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
      });
      return {
        flock: library.symbols.flock,
        errnoAt: errnoAddress(name),
        [Symbol.dispose]: () => library.close(),
      };
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new StigmerError("internal", "no C library with flock(2) was found", {
    cause: new AggregateError(causes),
  });
}

function errnoAddress(library: string): Pointer {
  const address = { args: [], returns: FFIType.ptr } as const;
  const found =
    process.platform === "darwin"
      ? dlopen(library, { __error: address }).symbols.__error()
      : dlopen(library, { __errno_location: address }).symbols.__errno_location();
  if (found === null) throw new Error(`${library} does not say where errno is`);
  return Number(found) as Pointer;
}
