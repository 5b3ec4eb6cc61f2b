import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { create, type DescMessage, equals, type Message } from "@bufbuild/protobuf";
import { reflect, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import * as fc from "fast-check";
import { documentStream } from "../src/cli/transfer/document-stream.ts";
import { exportedDocuments } from "../src/cli/transfer/exported-documents.ts";
import { versionsOf } from "../src/cli/manifest/manifest-document.ts";
import { Manifest } from "../src/cli/manifest/read-manifest.ts";
import { splitDocuments } from "../src/cli/transfer/split-documents.ts";
import type { OutputFormat } from "../src/cli/output/render-output.ts";
import {
  ExportRequestSchema,
  type ResourceDocument,
  ResourceDocumentSchema,
  type ResourceSet,
  ResourceSetSchema,
} from "../src/contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import { RequestReader } from "../src/daemon/grpc/validation.ts";
import { ResourceSets } from "../src/resources/resource-set/resource-sets.ts";
import { fromRow } from "../src/resources/stored-resource.ts";
import { TemporaryStore } from "../src/store/testing/temporary-store.ts";
import { generatedDocuments, writtenKinds } from "./every-kind/generated-store.ts";
import { generatedVersions } from "./every-kind/generated-versions.ts";
import { CommandHome } from "./support/command-home.ts";

// Stores and commands, on a machine that may be busy.
setDefaultTimeout(60_000);

/** A store of its own, and what is done with sets on it. */
class Home implements AsyncDisposable {
  readonly #temporary: TemporaryStore;
  readonly #sets: ResourceSets;

  private constructor(temporary: TemporaryStore) {
    this.#temporary = temporary;
    const rules = new RequestReader();
    this.#sets = new ResourceSets({
      store: temporary.store,
      clock: Date.now,
      validate: (schema, bytes) => rules.read(schema, bytes),
    });
  }

  static async open(): Promise<Home> {
    return new Home(await TemporaryStore.open());
  }

  async apply(
    documents: readonly ResourceDocument[],
    { skillVersions = [], imported = false }: Partial<ResourceSet> = {},
  ): Promise<void> {
    const set = create(ResourceSetSchema, { documents: [...documents], skillVersions, imported });
    await this.#sets.apply(set, "local");
  }

  async export(format: OutputFormat): Promise<string> {
    const exported = this.#sets.export(create(ExportRequestSchema));
    return (await Array.fromAsync(documentStream(exportedDocuments(exported), format))).join("");
  }

  async import(text: string): Promise<void> {
    const manifest = new Manifest();
    for await (const part of splitDocuments("export", bytesOf(text))) manifest.add(part);
    const read = manifest.finish();
    const documents = read.map(({ document }) => document);
    await this.apply(documents, { skillVersions: read.flatMap(versionsOf), imported: true });
  }

  /** Every spec by kind and slug. */
  specs(): Map<string, { readonly schema: DescMessage; readonly spec: Message }> {
    const { read } = this.#temporary.store;
    return new Map(
      writtenKinds.flatMap((kind) =>
        read
          .listBySlug({ kind: kind.number, labelSelector: "", after: "", limit: 1_000 })
          .map((row) => {
            const schema = kind.message.field["spec"]!.message!;
            return [`${kind.info.name}/${row.slug}`, { schema, spec: fromRow(kind, row).spec! }];
          }),
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#temporary[Symbol.asyncDispose]();
  }
}

/** In pieces that end within a character. */
async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 1_021) yield bytes.subarray(at, at + 1_021);
}

describe("a generated store of every kind", () => {
  test("exports the same after it was imported into an empty one", async () => {
    await fc.assert(
      fc.asyncProperty(
        generatedDocuments,
        generatedVersions,
        fc.constantFrom<OutputFormat[]>("yaml", "json", "jsonl"),
        async (documents, { documents: versioned, skillVersions }, format) => {
          await using one = await Home.open();
          await using other = await Home.open();
          await one.apply([...documents, ...versioned], { skillVersions });
          const exported = await one.export(format);
          await other.import(exported);
          expect(await other.export(format)).toBe(exported);
          expectSameSpecs(one, other);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("has every field that a user can write", () => {
    const seen = new Set<string>();
    for (const documents of fc.sample(generatedDocuments, { numRuns: 60, seed: 1 })) {
      for (const document of documents) noteFields(reflect(ResourceDocumentSchema, document), seen);
    }
    const known = writtenKinds.flatMap(({ message }) => [...fieldsBelow(message)]);
    expect(known.filter((field) => !seen.has(field) && !elsewhere.has(field))).toEqual([]);
  });

  test("moves through the commands as it is", async () => {
    await using one = CommandHome.open();
    await using other = CommandHome.open();
    await using home = await Home.open();
    const [documents = []] = fc.sample(generatedDocuments, { numRuns: 1, seed: 7 });
    const [{ documents: versioned, skillVersions } = {}] = fc.sample(generatedVersions, {
      numRuns: 1,
      seed: 7,
    });
    await home.apply([...documents, ...(versioned ?? [])], { skillVersions: skillVersions ?? [] });
    await one.output(["import"], { stdin: await home.export("yaml") });
    const exported = await one.output(["export", "--all"]);
    expect(exported).toBe(await home.export("yaml"));
    await other.output(["import"], { stdin: exported });
    expect(await other.output(["export", "--all"])).toBe(exported);
  });
});

function expectSameSpecs(one: Home, other: Home): void {
  const specs = other.specs();
  for (const [name, { schema, spec }] of one.specs()) {
    const found = specs.get(name);
    expect({ name, isEqual: found !== undefined && equals(schema, found.spec, spec) }).toEqual({
      name,
      isEqual: true,
    });
  }
}

/** What the system fills in, and what stands for something that is kept elsewhere. */
const elsewhere = new Set([
  "ai.stigmer.commons.apiresource.v1.ApiResourceMetadata.id",
  "ai.stigmer.commons.apiresource.v1.ApiResourceMetadata.org",
  "ai.stigmer.commons.apiresource.v1.ApiResourceMetadata.revision",
  "ai.stigmer.commons.apiresource.v1.ApiResourceMetadata.resource_version",
  // The artifact of a large file: see the tests of skills.
  "ai.stigmer.agentic.skill.v1.SkillFile.sha256",
  // A conversation, which is no definition: nothing else has one of that id.
  "ai.stigmer.agentic.schedule.v1.ScheduledAgent.session",
]);

function* fieldsBelow(schema: DescMessage, seen = new Set<string>()): Generator<string> {
  if (seen.has(schema.typeName) || schema.typeName.startsWith("google.protobuf.")) return;
  seen.add(schema.typeName);
  for (const field of schema.fields) {
    if (["status", "api_version", "kind"].includes(field.name)) continue;
    yield `${schema.typeName}.${field.name}`;
    if (field.message) yield* fieldsBelow(field.message, seen);
  }
}

function noteFields(message: ReflectMessage, seen: Set<string>): void {
  if (message.desc.typeName.startsWith("google.protobuf.")) return;
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    seen.add(`${message.desc.typeName}.${field.name}`);
    if (!field.message) continue;
    const value: unknown = message.get(field);
    const inner =
      field.fieldKind === "list" || field.fieldKind === "map"
        ? [...(value as Iterable<unknown>)]
        : [value];
    for (const each of inner) {
      noteFields((Array.isArray(each) ? each[1] : each) as ReflectMessage, seen);
    }
  }
}
