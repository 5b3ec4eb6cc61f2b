import { dlopen, FFIType } from "bun:ffi";
import { fstatSync } from "node:fs";

const muslArch = process.arch === "arm64" ? "aarch64" : "x86_64";
const libraries =
  process.platform === "darwin"
    ? ["libSystem.B.dylib"]
    : ["libc.so.6", `libc.musl-${muslArch}.so.1`];

/** `POLLIN` of poll(2): there is data, as opposed to the mere end of the pipe. */
const dataToRead = 1;

/**
 * Whether stdin is a pipe in which data already waits. Reads nothing, because the data may be meant
 * for the next command of a script, and never waits.
 */
export function hasUnaskedInput(): boolean {
  return isPipe(0) && hasDataToRead(0);
}

function isPipe(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFIFO();
  } catch {
    return false; // stdin is closed.
  }
}

function hasDataToRead(descriptor: number): boolean {
  // struct pollfd { int fd; short events; short revents; }
  const request = Buffer.alloc(8);
  request.writeInt32LE(descriptor, 0);
  request.writeInt16LE(dataToRead, 4);
  for (const name of libraries) {
    try {
      const library = dlopen(name, {
        poll: { args: [FFIType.ptr, FFIType.u64, FFIType.i32], returns: FFIType.i32 },
      });
      const ready = library.symbols.poll(request, 1n, 0);
      library.close();
      return ready > 0 && (request.readInt16LE(6) & dataToRead) !== 0;
    } catch {
      // Not this C library; without any there is no warning.
    }
  }
  return false;
}
