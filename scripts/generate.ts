/**
 * Makes what is derived from `proto/`: TypeScript types, the descriptor image with all options,
 * the sources and their comments. Does nothing when it is newer than its sources.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Glob } from "bun";
import { protoComments } from "./generate/proto-comments.ts";

const root = new URL("..", import.meta.url).pathname;
const outDir = `${root}src/contract/gen`;
const stampFile = `${outDir}/.sources`;

const sources = [
  "buf.yaml",
  "buf.gen.yaml",
  "scripts/generate.ts",
  "scripts/generate/proto-comments.ts",
  "bun.lock",
].concat([...new Glob("proto/**/*.proto").scanSync(root)].toSorted());
const stamp = fingerprint(sources);
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) generate();

function generate(): void {
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  run("buf", "generate");
  run(
    "buf",
    "build",
    "--as-file-descriptor-set",
    "--exclude-source-info",
    "-o",
    `${outDir}/contract.binpb`,
  );
  writeFileSync(`${outDir}/proto-sources.json`, JSON.stringify(protoTexts(), null, 1));
  writeFileSync(`${outDir}/proto-comments.json`, JSON.stringify(commentsOfProto(), null, 1));
  writeFileSync(stampFile, stamp);
}

/** Full name → comment, for `stigmer explain`. Too large for the image that every process reads. */
function commentsOfProto(): Record<string, string> {
  const image = `${outDir}/.with-source-info.binpb`;
  run("buf", "build", "--as-file-descriptor-set", "-o", image);
  const comments = protoComments(readFileSync(image));
  rmSync(image);
  return comments;
}

/** Path inside `proto/` → text, for `stigmer api --export-proto`. */
function protoTexts(): Record<string, string> {
  const files = [...new Glob("**/*.proto").scanSync(`${root}proto`)].toSorted();
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(`${root}proto/${file}`, "utf8")]),
  );
}

function run(command: string, ...args: string[]): void {
  const path = `${root}node_modules/.bin:${process.env["PATH"] ?? ""}`;
  const done = spawnSync(`${root}node_modules/.bin/${command}`, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path },
  });
  if (done.status !== 0) throw new Error(`${command} ${args[0]} failed`);
}

function fingerprint(files: string[]): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const file of files) hash.update(file).update(readFileSync(`${root}${file}`));
  return hash.digest("hex");
}
