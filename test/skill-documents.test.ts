import { expect, setDefaultTimeout, test } from "bun:test";
import { create, equals } from "@bufbuild/protobuf";
import type { ArtifactClient } from "../src/cli/skill/artifacts.ts";
import { withInlineFiles, withStoredFiles } from "../src/cli/skill/skill-documents.ts";
import { SkillSchema } from "../src/contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { KindHome } from "./every-kind/kind-home.ts";
import { skillFiles, textFile } from "./support/skill-sample.ts";

setDefaultTimeout(60_000);

test("what is inlined for a document is stored again as it was", async () => {
  await using home = await KindHome.start();
  const { channel } = home.daemon;
  const daemon: ArtifactClient = {
    call: (method, request) => channel.unary(method, request),
    stream: (method, request) => channel.serverStream(method, request),
    upload: (method, requests) => channel.clientStream(method, requests),
  };
  const terminal = { progress: () => {}, clearProgress: () => {} };
  const binary = new Uint8Array(100_000).fill(0xff);
  const document = create(SkillSchema, {
    metadata: { slug: "document" },
    spec: {
      files: skillFiles(
        "Small.",
        { path: "binary", content: { case: "data", value: binary }, executable: true },
        textFile("long.txt", "é\n".repeat(50_000)),
        { path: "small", content: { case: "data", value: new Uint8Array([1, 0]) } },
      ),
    },
  });
  const stored = await withStoredFiles({ daemon, terminal }, document);
  const cases = stored.spec?.files.map(({ content }) => content.case);
  expect(cases).toEqual(["text", "sha256", "sha256", "data"]);
  const inlined = await withInlineFiles(daemon, stored);
  expect(equals(SkillSchema, inlined, document)).toBe(true);
  const again = await withStoredFiles({ daemon, terminal }, inlined);
  expect(equals(SkillSchema, again, stored)).toBe(true);
});
