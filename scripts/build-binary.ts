/**
 * Builds `stigmer` as one executable: `bun run build [--target linux-x64] [--outfile dist/stigmer]`.
 *
 * The same sources, target and file name give the same bytes, wherever they are built.
 */
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildId } from "./build-id.ts";
import { buildTargets, hostTarget, parseTarget, type TargetName } from "./build-targets.ts";
import { repositoryRoot, repositoryVersion } from "./repository.ts";

/** Files below `src/` that are loaded by URL as a worker and not by import. */
const workers = ["store/writer-thread"];

interface BuildOptions {
  readonly target: TargetName;
  readonly outfile: string;
}

interface BuiltBinary {
  readonly path: string;
  readonly buildId: string;
  readonly bytes: number;
  readonly compressedBytes: number;
}

/** @throws when a source does not compile, or when the addon, the contract or a worker is missing. */
export async function buildBinary({ target, outfile }: BuildOptions): Promise<BuiltBinary> {
  const path = resolve(repositoryRoot, outfile);
  await mkdir(dirname(path), { recursive: true });
  // Source maps are embedded, and dropped beside the executable as well: a folder of its own
  // takes them, and the rename never touches the pages of a binary that is running.
  const workFolder = await mkdtemp(join(dirname(path), ".build-"));
  try {
    const compiled = join(workFolder, basename(path));
    const id = await buildId(target);
    await compile(target, compiled, id);
    const content = await Bun.file(compiled).bytes();
    const embedded = [`${buildTargets[target].addon}-`, "contract-", ...workers];
    for (const name of embedded) assertEmbedded(content, `/$bunfs/root/${name}`);
    await rename(compiled, path);
    return {
      path,
      buildId: id,
      bytes: content.length,
      compressedBytes: Bun.zstdCompressSync(content, { level: 3 }).length,
    };
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function compile(target: TargetName, outfile: string, id: string): Promise<void> {
  const built = await Bun.build({
    entrypoints: ["cli", ...workers].map((name) => `${repositoryRoot}src/${name}.ts`),
    // Entries keep their place below src/: a worker is named by it, see `writer-location.ts`.
    root: `${repositoryRoot}src`,
    target: "bun",
    format: "esm",
    splitting: true,
    minify: true,
    bytecode: true,
    sourcemap: "linked",
    define: {
      STIGMER_VERSION: JSON.stringify(await repositoryVersion()),
      STIGMER_BUILD_ID: JSON.stringify(id),
      // Else the folder of this machine would be written into CommonJS packages.
      __dirname: JSON.stringify("/$bunfs/root"),
      __filename: JSON.stringify("/$bunfs/root/stigmer"),
    },
    compile: {
      outfile,
      // A foreign folder's bunfig.toml could preload code, its .env could redirect us.
      autoloadBunfig: false,
      autoloadDotenv: false,
      ...(target === hostTarget() ? {} : { target: buildTargets[target].bun }),
    },
  });
  if (!built.success) throw new AggregateError(built.logs, "the sources do not compile");
}

/** Bun builds on without an addon it cannot find; the binary would fail at the user's. */
function assertEmbedded(binary: Uint8Array, embeddedName: string): void {
  if (Buffer.from(binary.buffer).includes(embeddedName)) return;
  throw new Error(
    `${embeddedName}… is not in the build; for another system, install its packages first: ` +
      "bun install --os='*' --cpu='*'",
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      target: { type: "string", default: hostTarget() },
      outfile: { type: "string", default: "dist/stigmer" },
    },
  });
  const startedAt = performance.now();
  await generateContract();
  const target = parseTarget(values.target);
  const built = await buildBinary({ target, outfile: values.outfile });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${values.outfile} for ${target}, build ${built.buildId}, in ${seconds} s`);
  console.log(
    `${megabytes(built.bytes)}, ${megabytes(built.compressedBytes)} compressed (zstd -3)`,
  );
}

async function generateContract(): Promise<void> {
  const generate = Bun.spawn([process.execPath, `${repositoryRoot}scripts/generate.ts`], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await generate.exited) !== 0) throw new Error("the contract was not generated");
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

if (import.meta.main) await main();
