import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type FileRegistry, fromBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { messageOf } from "../../../../contract/errors.ts";
import type { ExternalResource } from "../../../../workflow/definition/external-resource.ts";
import { standardFailure, WorkflowFailure } from "../../workflow-failure.ts";
import type { RunningCall } from "../guarded-call.ts";
import { type FetchedResource, readBeside, readResource } from "../read-resource.ts";
import { joinFiles } from "./join-files.ts";

/** More than any contract needs; a document could import for ever. */
const maxFiles = 200;
/** How many folders above the document its imports are looked for. */
const maxFoldersUp = 8;

/**
 * A proto file and what it imports, from beside it or from folders above it; what protobuf itself
 * brings (`google/protobuf/…`) is there.
 *
 * @throws WorkflowFailure configuration
 */
export async function readProtoFiles(
  proto: ExternalResource,
  call: RunningCall,
): Promise<FileRegistry> {
  const main = await readResource(proto, call);
  const texts = await new Imports(proto, main, call).read();
  const folder = await mkdtemp(join(tmpdir(), "stigmer-proto-"));
  try {
    for (const [name, text] of texts) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text, { mode: 0o600 });
    }
    return joinFiles(await parseFiles(folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The name of the document itself among the files; no import has it. */
const mainName = "(document).proto";

async function parseFiles(folder: string): Promise<FileDescriptorProto[]> {
  const { load } = await import("@grpc/proto-loader");
  try {
    const loaded = await load(join(folder, mainName), { includeDirs: [folder], keepCase: true });
    const encoded = Object.values(loaded).flatMap((entry) =>
      "fileDescriptorProtos" in entry ? (entry.fileDescriptorProtos as Buffer[]) : [],
    );
    const distinct = new Map(encoded.map((bytes) => [bytes.toString("base64"), bytes]));
    return [...distinct.values()].map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  } catch (thrown) {
    const reason = messageOf(thrown)
      .replaceAll(`${folder}/`, "")
      .replaceAll(mainName, "the document");
    throw standardFailure(
      "configuration",
      `the proto file cannot be read: ${reason.slice(0, 300)}`,
    );
  }
}

class Imports {
  readonly #proto: ExternalResource;
  readonly #main: FetchedResource;
  readonly #call: RunningCall;
  readonly #texts = new Map<string, string>();
  #root: URL | undefined;

  constructor(proto: ExternalResource, main: FetchedResource, call: RunningCall) {
    this.#proto = proto;
    this.#main = main;
    this.#call = call;
  }

  async read(): Promise<ReadonlyMap<string, string>> {
    this.#add(mainName, this.#main.text);
    for (const [, text] of this.#texts) {
      for (const name of importsIn(text)) {
        if (!this.#texts.has(name)) this.#add(name, await this.#find(name));
      }
    }
    return this.#texts;
  }

  #add(name: string, text: string): void {
    if (!/^\s*syntax\s*=\s*["']proto3["']/m.test(text)) {
      throw standardFailure(
        "configuration",
        `${name === mainName ? "the proto file" : name} is not proto3; leave proto out where the server has reflection`,
      );
    }
    if (this.#texts.size === maxFiles)
      throw standardFailure("configuration", `the proto file imports more than ${maxFiles} files`);
    this.#texts.set(name, text);
  }

  /** The first import says where the folder is that all of them start from. */
  async #find(name: string): Promise<string> {
    if (!/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[\w./-]+$/.test(name)) throw missing(name);
    const roots = this.#root ? [this.#root] : foldersAbove(this.#main.url);
    for (const root of roots) {
      const text = await this.#readFrom(root, name);
      if (text === undefined) continue;
      this.#root = root;
      return text;
    }
    throw missing(name);
  }

  async #readFrom(root: URL, name: string): Promise<string | undefined> {
    try {
      const place = { first: this.#main.url, url: new URL(name, root) };
      return (await readBeside(this.#proto, place, this.#call)).text;
    } catch (thrown) {
      if (thrown instanceof WorkflowFailure && !this.#call.effect.signal.aborted) return undefined;
      throw thrown;
    }
  }
}

function importsIn(text: string): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  const names = [...code.matchAll(/\bimport\s+(?:public\s+|weak\s+)?["']([^"']+)["']\s*;/g)];
  return names.map(([, name = ""]) => name).filter((name) => !name.startsWith("google/protobuf/"));
}

function foldersAbove(url: URL): URL[] {
  const folders = [new URL(".", url)];
  while (folders.length <= maxFoldersUp && folders.at(-1)?.pathname !== "/") {
    folders.push(new URL("..", folders.at(-1)));
  }
  return folders;
}

function missing(name: string): WorkflowFailure {
  return standardFailure(
    "configuration",
    `the proto file imports ${JSON.stringify(name)}, which is not beside it`,
  );
}
