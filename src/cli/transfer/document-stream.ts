import { type JsonObject, toJson } from "@bufbuild/protobuf";
import {
  type TaggedSkillVersion,
  TaggedSkillVersionSchema,
} from "../../contract/gen/ai/stigmer/agentic/resourceset/v1/api_pb.ts";
import type { OutputFormat } from "../output/render-output.ts";
import { yamlText } from "../output/yaml-text.ts";
import { documentName } from "./document-name.ts";
import type { ExportedDocument } from "./exported-documents.ts";
import { writtenPart } from "../resources/resource-change.ts";

/** How documents become text one by one, so that none of them is kept. */
interface DocumentFormat {
  readonly start: string;
  readonly between: string;
  readonly end: string;
  readonly text: (document: ExportedDocument) => string;
}

const yaml: DocumentFormat = {
  start: "",
  between: "---\n",
  end: "",
  text: (document) => yamlText(written(document)),
};

const formats: Readonly<Record<OutputFormat, DocumentFormat>> = {
  // What is exported is read by programs: there is no table of it.
  table: yaml,
  wide: yaml,
  yaml,
  json: {
    start: '{"items":[\n',
    between: ",\n",
    end: "\n]}\n",
    text: (document) => JSON.stringify(written(document)),
  },
  jsonl: {
    start: "",
    between: "",
    end: "",
    text: (document) => `${JSON.stringify(written(document))}\n`,
  },
  name: { start: "", between: "", end: "", text: ({ document }) => `${documentName(document)}\n` },
  none: { start: "", between: "", end: "", text: () => "" },
};

/** Written at once; a pipe holds no more anyway. */
const chunkLength = 64 * 1024;

/** The text of documents in one of the formats, in chunks. */
export async function* documentStream(
  documents: AsyncIterable<ExportedDocument>,
  format: OutputFormat,
): AsyncGenerator<string> {
  const { start, between, end, text } = formats[format];
  let chunk = start;
  let isFirst = true;
  for await (const document of documents) {
    chunk += (isFirst ? "" : between) + text(document);
    isFirst = false;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk + end;
}

function written({ document, versions }: ExportedDocument): JsonObject {
  const resource = writtenPart(document) ?? {};
  if (versions.length === 0) return resource;
  return { ...resource, versions: versions.map(writtenVersion) };
}

/** Its skill is the document that it stands in. */
function writtenVersion(version: TaggedSkillVersion): JsonObject {
  const { tags = [], spec } = toJson(TaggedSkillVersionSchema, version) as JsonObject;
  return { tags, ...(spec === undefined ? {} : { spec }) };
}
