const muslArch = process.arch === "arm64" ? "aarch64" : "x86_64";

/** File names of the C library, the likeliest first: glibc and musl on Linux. */
export const cLibraries: readonly string[] =
  process.platform === "darwin"
    ? ["libSystem.B.dylib"]
    : ["libc.so.6", `libc.musl-${muslArch}.so.1`];
