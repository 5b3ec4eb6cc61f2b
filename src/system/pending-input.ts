import { dlopen, FFIType } from "bun:ffi";
import { cLibraries } from "./c-libraries.ts";

/** `POLLIN` of poll(2): there is data, as opposed to the mere end of the pipe. */
const dataToRead = 1;

/**
 * Whether data waits behind a descriptor. Reads nothing and never waits; false where there is no C
 * library that could tell.
 */
export function hasPendingInput(descriptor: number): boolean {
  // struct pollfd { int fd; short events; short revents; }
  const request = Buffer.alloc(8);
  request.writeInt32LE(descriptor, 0);
  request.writeInt16LE(dataToRead, 4);
  for (const name of cLibraries) {
    try {
      const library = dlopen(name, {
        poll: { args: [FFIType.ptr, FFIType.u64, FFIType.i32], returns: FFIType.i32 },
      });
      const ready = library.symbols.poll(request, 1n, 0);
      library.close();
      return ready > 0 && (request.readInt16LE(6) & dataToRead) !== 0;
    } catch {
      // Not the C library of this system.
    }
  }
  return false;
}
