import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Glob } from "bun";
import { buildBinary } from "../build-binary.ts";
import { hostTarget } from "../build-targets.ts";
import { repositoryRoot } from "../repository.ts";
import { check, type BinaryCheck } from "./binary-check.ts";

export const embeddedChecks: readonly BinaryCheck[] = [
  check("api --export-proto writes the protos of this tree", async (sandbox) => {
    const { exitCode, stderr } = await sandbox.run(["api", "--export-proto", "protos"]);
    assert.equal(exitCode, 0, stderr);
    const exported = await textsOf(join(sandbox.workFolder, "protos"));
    assert.deepEqual(exported, await textsOf(join(repositoryRoot, "proto")));
  }),
  check("reflection lists every service to a foreign client", async (sandbox) => {
    assert.equal((await sandbox.run(["local", "start"])).exitCode, 0);
    const listing = "--protocol grpc --http2-prior-knowledge --list-services --unix-socket";
    const { exitCode, stdout, stderr } = await sandbox.runProgram([
      join(repositoryRoot, "node_modules", ".bin", "buf"),
      "curl",
      ...listing.split(" "),
      join(sandbox.home, "run", "stigmer.sock"),
      "http://localhost",
    ]);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(missingFrom(stdout.split("\n"), await declaredServices()), []);
  }),
  check("the keychain addon is loaded out of the binary", async (sandbox) => {
    const { exitCode, stderr } = await sandbox.run(["model", "login", "openai", "-"], {
      stdin: "sk-check",
    });
    assert.equal(exitCode, 0, stderr);
    const { stdout } = await sandbox.run(["model", "list", "-o", "json"]);
    assert.doesNotMatch(stdout, /sk-check/);
    // Bun unpacks an embedded addon into the temporary folder when it is first loaded.
    const unpacked = await readdir(sandbox.temporaryFolder);
    assert.ok(
      unpacked.some((name) => name.endsWith(".node")),
      `only ${unpacked.join(", ")}`,
    );
  }),
  check("the same sources give the same bytes", async (sandbox) => {
    const outfile = join(sandbox.folder, "again", "stigmer");
    await buildBinary({ target: hostTarget(), outfile });
    assert.ok(
      (await digest(outfile)) === (await digest(sandbox.binary)),
      "a new build of these sources differs: the binary is old, or the build not reproducible",
    );
  }),
  check("no source map and no path of this machine is shipped", async (sandbox) => {
    const beside = await readdir(join(sandbox.binary, ".."));
    assert.deepEqual(
      beside.filter((name) => name.endsWith(".map")),
      [],
    );
    const content = Buffer.from(await Bun.file(sandbox.binary).arrayBuffer());
    assert.ok(!content.includes(repositoryRoot), `${repositoryRoot} is in the binary`);
  }),
];

async function textsOf(folder: string): Promise<Record<string, string>> {
  const paths = await Array.fromAsync(new Glob("**/*.proto").scan(folder));
  const read = async (path: string) => [path, await Bun.file(join(folder, path)).text()] as const;
  return Object.fromEntries(await Promise.all(paths.toSorted().map(read)));
}

/** Names of the services that `proto/` declares, and those that every daemon offers besides. */
async function declaredServices(): Promise<string[]> {
  const texts = Object.values(await textsOf(join(repositoryRoot, "proto")));
  const declared = texts.flatMap((text) => {
    const packageName = /^package ([\w.]+);/m.exec(text)?.[1];
    return [...text.matchAll(/^service (\w+)/gm)].map(([, name]) => `${packageName}.${name}`);
  });
  return [...declared, "grpc.health.v1.Health"];
}

function missingFrom(found: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((name) => !found.includes(name));
}

async function digest(path: string): Promise<string> {
  return Bun.SHA256.hash(await Bun.file(path).arrayBuffer(), "hex");
}
