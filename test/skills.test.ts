import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Skill } from "../src/contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import { ArtifactController } from "../src/contract/gen/ai/stigmer/agentic/artifact/v1/command_pb.ts";
import { SkillCommandController } from "../src/contract/gen/ai/stigmer/agentic/skill/v1/command_pb.ts";
import type { SkillFileSchema } from "../src/contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { failureOf } from "./every-kind/failure-of.ts";
import { KindHome } from "./every-kind/kind-home.ts";
import { skillFiles, textFile } from "./support/skill-sample.ts";

setDefaultTimeout(60_000);

type Files = MessageInitShape<typeof SkillFileSchema>[];

const skillKind = kindOf(ApiResourceKind.SKILL);
const agentKind = kindOf(ApiResourceKind.AGENT);
const { push, tag } = SkillCommandController.method;

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start({ settings: { "limits.artifactBytes": "1MB" } });
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

async function pushed(slug: string, files: Files, ...tags: string[]): Promise<Skill> {
  const skill = { metadata: { slug }, spec: { files } };
  const answer = await home.daemon.channel.unary(push, { skill, tags });
  if (!answer.skill) throw new Error("a push answers with the skill");
  return answer.skill;
}

async function get(name: string): Promise<Skill> {
  return (await home.client(skillKind).getByReference(name)) as Skill;
}

function bodyOf({ spec }: Skill): string {
  const content = spec?.files.find(({ path }) => path === "SKILL.md")?.content;
  return content?.case === "text" ? content.value.split("---\n").at(-1)!.trim() : "";
}

async function uploaded(content: Uint8Array): Promise<string> {
  async function* chunks() {
    for (let at = 0; at < content.length; at += 300_000)
      yield await Promise.resolve({ data: content.subarray(at, at + 300_000) });
  }
  return (await home.daemon.channel.clientStream(ArtifactController.method.upload, chunks()))
    .sha256;
}

describe("a version of a skill", () => {
  test("is its content: the same again changes nothing, other content is the newest", async () => {
    const first = await pushed(
      "content",
      skillFiles("One.", textFile("b", "b"), textFile("a", "a")),
    );
    expect(first.spec?.description).toBe("Writes in our style.");
    expect(first.spec?.files.map(({ path }) => path)).toEqual(["SKILL.md", "a", "b"]);
    const again = await pushed(
      "content",
      skillFiles("One.", textFile("a", "a"), textFile("b", "b")),
    );
    expect(again.metadata).toEqual(first.metadata);
    const second = await pushed("content", skillFiles("Two."));
    const hashes = second.status?.versions.map(({ hash }) => hash);
    expect(hashes).toEqual([second.metadata!.revision, first.metadata!.revision]);
    expect(second.status?.versions[0]?.pushedAt).toBeDefined();
  });

  test("that comes back is the current one again and keeps its tags", async () => {
    const first = await pushed("back", skillFiles("One."), "v1");
    await pushed("back", skillFiles("Two."), "v2");
    const back = await pushed("back", skillFiles("One."));
    expect(back.status?.versions.map(({ tags }) => tags)).toEqual([["v1"], ["v2"]]);
    expect(back.metadata?.revision).toBe(first.metadata!.revision);
  });

  test("is found by tag, hash, the start of its hash, and as the latest", async () => {
    const first = await pushed("found", skillFiles("One."), "v1");
    const second = await pushed("found", skillFiles("Two."), "2024-05.rc");
    const hash = first.metadata!.revision;
    for (const name of ["found@v1", `found@${hash}`, `found@${hash.slice(0, 8)}`]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const found = await get(name);
      expect([bodyOf(found), found.metadata?.revision]).toEqual(["One.", hash]);
    }
    const ofId = await get(`${first.metadata!.id}@2024-05.rc`);
    expect(bodyOf(ofId)).toBe("Two.");
    const latest = await get("found@latest");
    expect(latest).toEqual(second);
    expect(bodyOf(await get("found"))).toBe("Two.");
  });

  test("that is not there is refused with those that are", async () => {
    const made = await pushed("missing", skillFiles("One."), "v1", "stable");
    const error = await failureOf(get("missing@v9"));
    expect(error.code).toBe("not-found");
    expect(error.message).toBe('skill "missing" has no version "v9"');
    expect(error.hint).toBe(`it has: latest, v1, stable, ${made.metadata!.revision.slice(0, 12)}`);
    const short = await failureOf(get(`missing@${made.metadata!.revision.slice(0, 7)}`));
    expect(short.code).toBe("not-found");
    const unknown = await failureOf(get("misssing@v1"));
    expect(unknown.hint).toBe('did you mean "missing"?');
  });

  test("is deleted with its skill only", async () => {
    await pushed("whole", skillFiles("One."), "v1");
    const error = await failureOf(home.client(skillKind).delete("whole@v1"));
    expect(error.code).toBe("not-found");
    expect(bodyOf(await get("whole"))).toBe("One.");
  });

  test("is kept when it is among the last 100 or has a tag", async () => {
    const slug = "long-history";
    const tagged = await pushed(slug, skillFiles("tagged"), "keep");
    const untagged = await pushed(slug, skillFiles("untagged"));
    let last = untagged;
    for (let count = 1; count <= 100; count++) {
      // oxlint-disable-next-line no-await-in-loop -- one version after the other
      last = await pushed(slug, skillFiles(`number ${count}`));
    }
    const versions = last.status?.versions ?? [];
    expect(versions).toHaveLength(101);
    expect(versions.at(-1)).toMatchObject({ hash: tagged.metadata!.revision, tags: ["keep"] });
    expect(bodyOf(await get(`${slug}@keep`))).toBe("tagged");
    const gone = await failureOf(get(`${slug}@${untagged.metadata!.revision}`));
    expect(gone.code).toBe("not-found");
  });

  test("is not lost to pushes at the same time", async () => {
    await pushed("busy", skillFiles("start"));
    const bodies = Array.from({ length: 12 }, (_, index) => `push ${index}`);
    await Promise.all(bodies.map((body, index) => pushed("busy", skillFiles(body), `t${index}`)));
    const found = await get("busy");
    expect(found.status?.versions).toHaveLength(13);
    const read = await Promise.all(bodies.map((_, index) => get(`busy@t${index}`)));
    expect(read.map(bodyOf)).toEqual(bodies);
  });

  test("survives a change of labels, and a push keeps the labels", async () => {
    const first = await pushed("labels", skillFiles("One."), "v1");
    first.metadata!.labels = { team: "docs" };
    const changed = (await home.client(skillKind).update(first)) as Skill;
    expect(changed.status?.versions).toEqual(first.status!.versions);
    const second = await pushed("labels", skillFiles("Two."));
    expect(second.metadata?.labels).toEqual({ team: "docs" });
    expect(second.status?.versions).toHaveLength(2);
  });
});

describe("a tag", () => {
  test("names one version, and moves", async () => {
    const first = await pushed("moves", skillFiles("One."), "stable", "v1");
    await pushed("moves", skillFiles("Two."), "stable");
    expect(bodyOf(await get("moves@stable"))).toBe("Two.");
    const version = first.metadata!.revision;
    await home.daemon.channel.unary(tag, { skill: "moves", version, tags: ["stable"] });
    expect(bodyOf(await get("moves@stable"))).toBe("One.");
    const untagged = await home.daemon.channel.unary(tag, { skill: "moves", removedTags: ["v1"] });
    expect(untagged.status?.versions.map(({ tags }) => tags)).toEqual([[], ["stable"]]);
  });

  test("cannot be `latest`, nor name what is not there", async () => {
    await pushed("refused", skillFiles("One."));
    const latest = await failureOf(pushed("refused", skillFiles("Two."), "latest"));
    expect(latest.code).toBe("invalid-argument");
    expect(bodyOf(await get("refused"))).toBe("One.");
    const request = { skill: "refused", version: "v7", tags: ["v8"] };
    const missing = await failureOf(home.daemon.channel.unary(tag, request));
    expect(missing.code).toBe("not-found");
  });
});

describe("a reference to a skill", () => {
  const agent = (...skillRefs: string[]) => ({ instructions: "Answer.", skillRefs });

  test("may name a version; a missing one is refused and named", async () => {
    await pushed("referred", skillFiles("One."), "v1");
    const kept = await home
      .client(agentKind)
      .create({ metadata: { slug: "writer" }, spec: agent("referred@v1") });
    expect(kept.spec).toMatchObject({ skillRefs: ["referred@v1"] });
    const error = await failureOf(
      home.client(agentKind).create({ metadata: { slug: "other" }, spec: agent("referred@v2") }),
    );
    expect(error.code).toBe("not-found");
    expect(error.message).toBe('spec.skillRefs[0]: skill "referred" has no version "v2"');
    expect(error.hint).toStartWith("it has: latest, v1, ");
    const orphan = await failureOf(home.client(skillKind).delete("referred"));
    expect(orphan.code).toBe("failed-precondition");
  });

  test("lists a skill once", async () => {
    const spec = agent("referred@v1", "referred");
    const error = await failureOf(
      home.client(agentKind).create({ metadata: { slug: "twice" }, spec }),
    );
    expect(error.code).toBe("invalid-argument");
    expect(error.message).toContain('spec.skillRefs: "referred" is listed twice');
  });

  test("is pinned by an execution as it was then", async () => {
    const first = await pushed("pinned", skillFiles("One."), "v1");
    const second = await pushed("pinned", skillFiles("Two."));
    const revisionsOf = async (skillRef: string): Promise<string[]> => {
      const inlineAgent = { name: "draft", spec: agent(skillRef) };
      const made = await home.executions.start({ inlineAgent, message: "hello" });
      const pinned = made.status?.pinned ?? [];
      return pinned.filter(({ kind }) => kind === skillKind.number).map((pin) => pin.revision);
    };
    expect(await revisionsOf("pinned@v1")).toEqual([first.metadata!.revision]);
    expect(await revisionsOf("pinned")).toEqual([second.metadata!.revision]);
  });
});

describe("a file of a skill", () => {
  test("may be an artifact that was uploaded", async () => {
    const value = await uploaded(new Uint8Array(700_000).fill(7));
    const large = { path: "large.bin", content: { case: "sha256", value } } as const;
    const made = await pushed("large", skillFiles("Large.", large));
    expect(made.spec?.files[1]).toMatchObject({ path: "large.bin", content: large.content });
    let size = 0;
    const { download } = ArtifactController.method;
    for await (const { data } of home.daemon.channel.serverStream(download, { sha256: value }))
      size += data.length;
    expect(size).toBe(700_000);
  });

  test("is refused when its artifact is not there, and one that is too large", async () => {
    const value = "0".repeat(64);
    const lost = { path: "lost.bin", content: { case: "sha256", value } } as const;
    const error = await failureOf(pushed("lost", skillFiles("Lost.", lost)));
    expect(error.code).toBe("failed-precondition");
    expect(error.message).toContain(`"lost.bin" is not there: artifact ${value}`);
    const tooLarge = await failureOf(uploaded(new Uint8Array(1_100_000)));
    expect(tooLarge.code).toBe("resource-exhausted");
    expect(tooLarge.message).toContain("larger than 1MB");
  });

  const badPaths = {
    "../x": "leads out of the skill",
    "a/../../x": "leads out of the skill",
    "/etc/passwd": "is absolute",
    "C:/x": "is absolute",
    "a\\b": "holds a backslash",
    "a\nb": "holds a control character",
    "a//b": "has an empty part",
    "SKILL.md": "is there twice",
    "SKILL.md/x": 'lies below "SKILL.md", which is a file',
  };
  test.each(Object.entries(badPaths))("at %j is refused", async (path, why) => {
    const error = await failureOf(pushed("paths", skillFiles("Paths.", textFile(path, ""))));
    expect(error.code).toBe("invalid-argument");
    expect(error.message).toContain(why);
    expect(error.violations[0]?.field).toMatch(/^spec\.files\[\d\]\.path$/);
  });

  const badDocuments = {
    "Just text.": "does not start with front matter",
    "---\nname: style\n---\nx": "has no `description`",
    "---\ndescription: x\n---\nx": "has no `name`",
    "---\nname: Not Good\ndescription: x\n---\nx": 'its name "Not Good"',
    "---\nname: a\ndescription: b: c\n---\nx": "is no YAML",
    [`---\nname: a\ndescription: ${"x".repeat(1025)}\n---\n`]: "has 1025 characters",
  };
  test.each(Object.entries(badDocuments))(
    "that is a SKILL.md of %j is refused",
    async (text, why) => {
      const error = await failureOf(pushed("documents", [textFile("SKILL.md", text)]));
      expect(error.code).toBe("invalid-argument");
      expect(error.message).toContain(why);
    },
  );

  test("SKILL.md must be there", async () => {
    const error = await failureOf(pushed("none", [textFile("skill.md", "x")]));
    expect(error.message).toContain("there is no SKILL.md");
  });
});
