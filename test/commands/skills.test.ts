import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { skillDocument } from "../support/skill-sample.ts";
import { type ZipEntry, zipArchive } from "../support/zip-archive.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(60_000);

let home: CommandHome;
beforeAll(() => {
  home = CommandHome.open({ config: "model.default: script/echo\n" });
});
afterAll(() => home[Symbol.asyncDispose]());

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes files into a folder beside the data folder; what starts with `#!` is executable. */
function folder(name: string, files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    const at = home.at(name, path);
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, content);
    if (typeof content === "string" && content.startsWith("#!")) chmodSync(at, 0o755);
  }
  return name;
}

/** Every file below a folder with its content and whether it is executable. */
function contentOf(name: string): Record<string, string> {
  const root = home.at(name);
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted();
  const files = paths.filter((path) => statSync(join(root, path)).isFile());
  return Object.fromEntries(
    files.map((path) => {
      const mode = (statSync(join(root, path)).mode & 0o111) === 0 ? "-" : "x";
      const hash = new Bun.CryptoHasher("sha256").update(readFileSync(join(root, path)));
      return [path, `${mode} ${hash.digest("hex")}`];
    }),
  );
}

function archive(name: string, entries: readonly ZipEntry[]): string {
  writeFileSync(home.at(name), zipArchive(entries));
  return name;
}

/** Not compressible, and the same with every run. */
function noise(bytes: number): Uint8Array {
  const content = new Uint8Array(bytes);
  let state = 42;
  for (let index = 0; index < bytes; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    content[index] = state >>> 24;
  }
  return content;
}

/** As a push says it. */
function versionIn(output: string): string {
  return /version ([0-9a-f]{12})/.exec(output)?.[1] ?? `none in ${output}`;
}

describe("skill push", () => {
  test("creates, changes nothing, and makes versions with tags", async () => {
    folder("style", { "SKILL.md": skillDocument("Be brief."), "notes.txt": "one" });
    const created = await home.output(["skill", "push", "style", "--tag", "v1"]);
    expect(created).toMatch(/^skill style created, version [0-9a-f]{12} \(v1\)\n$/);
    const unchanged = await home.output(["skill", "push", "style"]);
    expect(unchanged).toBe(created.replace("created", "unchanged"));
    folder("style", { "notes.txt": "two" });
    const updated = await home.output(["skill", "push", "style", "--tag", "v2", "--tag", "stable"]);
    expect(updated).toMatch(/^skill style updated, version [0-9a-f]{12} \(v2, stable\)\n$/);
    const named = await home.output(["skill", "push", "style", "--name", "other"]);
    expect(named).toMatch(/^skill other created/);
    expect(versionIn(named)).toBe(versionIn(updated));
  });

  test("leaves behind what get, list and describe show", async () => {
    folder("shown", { "SKILL.md": skillDocument("Show."), "run.sh": "#!/bin/sh\n" });
    const pushed = await home.output(["skill", "push", "shown", "--name", "shown", "--tag", "v1"]);
    const version = versionIn(pushed);
    folder("shown", { "large.bin": noise(200_000) });
    await home.output(["skill", "push", "shown", "--name", "shown"]);
    const shown = await home.output(["skill", "get", "shown"]);
    expect(shown).toContain("description: Writes in our style.");
    expect(shown).toMatch(/- +200 kB +large\.bin/);
    expect(shown).toMatch(/x +10 B +run\.sh/);
    expect(shown).toMatch(new RegExp(` ${version} .*ago +v1\n`));
    const old = await home.output(["skill", "get", `shown@${version}`]);
    expect(old).toMatch(new RegExp(`\\* ${version} .*v1\n`));
    expect(old).not.toContain("large.bin");
    expect(await home.output(["skill", "get", "shown@v1", "-o", "json"])).toBe(
      await home.output(["skill", "get", `shown@${version}`, "-o", "json"]),
    );
    expect(await home.output(["skill", "list"])).toMatch(/shown +[0-9a-f]{12} +3 +Writes/);
    const missing = await home.run(["skill", "get", "shown@v7"]);
    expectRefusal(missing, { exitCode: 5, error: 'has no version "v7"', hint: "latest, v1, " });
  });

  test("reads an archive as it would the folder, also with a folder around everything", async () => {
    const script = "#!/bin/sh\necho hi\n";
    folder("packed", { "SKILL.md": skillDocument("Packed."), "bin/run.sh": script });
    const pushed = await home.output(["skill", "push", "packed", "--name", "packed"]);
    for (const around of ["", "packed-main/"]) {
      const file = archive("packed.zip", [
        { path: `${around}bin/`, mode: 0o040755 },
        { path: `${around}SKILL.md`, content: skillDocument("Packed.") },
        { path: `${around}bin/run.sh`, content: script, mode: 0o100755 },
        { path: `__MACOSX/${around}._SKILL.md`, content: "stray" },
      ]);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const again = await home.output(["skill", "push", file, "--name", "packed"]);
      expect(again).toBe(pushed.replace("created", "unchanged"));
    }
  });

  test("takes 10,000 files, and not one more", async () => {
    const files = Array.from({ length: 9_999 }, (_, index) => [`f/${index}.txt`, `${index}`]);
    folder("many", { "SKILL.md": skillDocument("Many."), ...Object.fromEntries(files) });
    await home.output(["skill", "push", "many", "--name", "many"]);
    await home.output(["skill", "export", "many", "many-back"]);
    expect(contentOf("many-back")).toEqual(contentOf("many"));
    folder("many", { "one-more.txt": "" });
    const end = await home.run(["skill", "push", "many", "--name", "many"]);
    expectRefusal(end, { exitCode: 2, error: "there are more than 10000 files" });
  });

  test("refuses a folder with a link, without a SKILL.md, or with a bad one", async () => {
    folder("linked", { "SKILL.md": skillDocument("Linked.") });
    symlinkSync("/etc/passwd", home.at("linked", "passwd"));
    const linked = await home.run(["skill", "push", "linked"]);
    expectRefusal(linked, {
      exitCode: 2,
      error: "linked/passwd: it is a link",
      hint: "file itself",
    });
    const none = await home.run(["skill", "push", folder("none", { "README.md": "x" })]);
    expectRefusal(none, { exitCode: 2, error: "none: there is no SKILL.md", hint: "every skill" });
    const bad = await home.run([
      "skill",
      "push",
      folder("bad", { "SKILL.md": "---\nname: x\n---\n" }),
    ]);
    expectRefusal(bad, { exitCode: 2, error: "has no `description`", hint: "start it with" });
    const gone = await home.run(["skill", "push", "not-there"]);
    expectRefusal(gone, {
      exitCode: 2,
      error: "Cannot read not-there: it does not exist",
      hint: "Name a file or folder",
    });
  });

  const document = { path: "SKILL.md", content: skillDocument("Archive.") };
  const zeros = new Uint8Array(3_000_000);
  const badArchives: Readonly<Record<string, readonly [readonly ZipEntry[], string]>> = {
    "that leads out of it": [[document, { path: "../x" }], "invalid relative path: ../x"],
    "with an absolute path": [[document, { path: "/etc/x" }], "absolute path: /etc/x"],
    "with a backslash": [[document, { path: "a\\b" }], "invalid characters in fileName"],
    "with a link": [[document, { path: "l", mode: 0o120777 }], '"l": it is a link'],
    "with a device": [[document, { path: "d", mode: 0o020666 }], '"d": it is no plain file'],
    "with a path twice": [[document, document], '"SKILL.md": it is there twice'],
    "with an encrypted file": [
      [document, { path: "e", isEncrypted: true }],
      '"e": it is encrypted',
    ],
    "that unpacks to a thousand times its size": [
      [document, { path: "z", content: zeros }],
      "it unpacks to more than 100 times its size",
    ],
    "that says it unpacks to a gigabyte": [
      [document, { path: "z", claimedBytes: 1_000_000_000 }],
      "it unpacks to more than 500000000 bytes",
    ],
    "that unpacks to more than it says": [
      [document, { path: "z", content: zeros, claimedBytes: 10 }],
      "too many bytes in the stream",
    ],
    "with too many files": [
      Array.from({ length: 10_001 }, (_, index) => ({ path: `f${index}` })),
      "it holds more than 10000 files",
    ],
  };
  test.each(Object.entries(badArchives))("refuses an archive %s", async (_, [entries, error]) => {
    const end = await home.run(["skill", "push", archive("bad.zip", entries)]);
    expect(end.stderr).toContain(error);
    expect(end).toMatchObject({ exitCode: 2, stdout: "" });
    expect(end.tookMs).toBeLessThan(15_000);
  });

  test("refuses what is no archive, or only half of one", async () => {
    writeFileSync(home.at("text.zip"), "This is no archive.");
    const whole = zipArchive([document, { path: "n", content: noise(10_000) }]);
    writeFileSync(home.at("half.zip"), whole.subarray(0, 5_000));
    for (const file of ["text.zip", "half.zip"]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const end = await home.run(["skill", "push", file]);
      expectRefusal(end, { exitCode: 2, error: `${file}: it cannot be read as a zip archive` });
    }
  });
});

describe("skill export", () => {
  test("writes back the very bytes, executables among them, and nothing over anything", async () => {
    const files = {
      "SKILL.md": skillDocument("Bytes."),
      "scripts/check.sh": "#!/bin/sh\nexit 0\n",
      "bom.txt": "\uFEFFwith a mark\r\n",
      "empty.txt": "",
      "latin.txt": new Uint8Array([0x63, 0xe9, 0x0a]),
      "nul.txt": "a\0b",
      "large.bin": noise(5_000_000),
      "exactly.txt": "x".repeat(65_536),
      "one-more.txt": "x".repeat(65_537),
      "Ünïcode 文.txt": "named",
    };
    folder("bytes", files);
    const pushed = await home.output(["skill", "push", "bytes", "--name", "bytes"]);
    await home.output(["skill", "export", "bytes", "back"]);
    expect(contentOf("back")).toEqual(contentOf("bytes"));
    const again = await home.output(["skill", "push", "back", "--name", "bytes"]);
    expect(again).toBe(pushed.replace("created", "unchanged"));
    const taken = await home.run(["skill", "export", "bytes", "back"]);
    expectRefusal(taken, {
      exitCode: 6,
      error: "back exists already",
      hint: "Nothing was written",
    });
    const stdout = await home.run(["skill", "export", "bytes", "-"]);
    expectRefusal(stdout, { exitCode: 2, error: "into a folder", hint: "skill export NAME DIR" });
  });

  test("writes an older version into a folder named like the skill", async () => {
    folder("dated", { "SKILL.md": skillDocument("Old.") });
    await home.output(["skill", "push", "dated", "--name", "dated-skill", "--tag", "v1"]);
    folder("dated", { "SKILL.md": skillDocument("New.") });
    await home.output(["skill", "push", "dated", "--name", "dated-skill"]);
    await home.output(["skill", "export", "dated-skill@v1"]);
    const written = readFileSync(home.at("dated-skill", "SKILL.md"), "utf8");
    expect(written).toBe(skillDocument("Old."));
  });
});

describe("a folder with a SKILL.md", () => {
  test("is a skill of apply, in its order before the agents that use it", async () => {
    folder("project/skills/tone", { "SKILL.md": skillDocument("Tone."), "big.bin": noise(90_000) });
    folder("project/skills/tone", { "values.yaml": "not: a resource\n" });
    folder("project/agents", {
      "writer.yaml":
        "kind: Agent\nmetadata: {slug: writer}\nspec: {instructions: Write., skillRefs: [tone]}\n",
    });
    const applied = await home.output(["apply", "-f", "project"]);
    expect(applied).toBe("agent/writer created\nskill/tone created\n");
    const again = await home.output(["apply", "-f", "project/skills/tone", "--expect-no-changes"]);
    expect(again).toBe("skill/tone unchanged (dry run)\n");
    const pushed = await home.output(["skill", "push", "project/skills/tone", "--name", "tone"]);
    expect(pushed).toStartWith("skill tone unchanged");
    folder("project/skills/tone", { "SKILL.md": "No front matter." });
    const bad = await home.run(["apply", "-f", "project"]);
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain("project/skills/tone: SKILL.md: it does not start with front");
  });

  test("is applied with its project", async () => {
    folder("whole", { "stigmer.yaml": "name: whole\n" });
    folder("whole/skills/project-skill", { "SKILL.md": skillDocument("Project.") });
    const applied = await home.output(["apply"], { cwd: home.at("whole") });
    expect(applied).toBe("skill/project-skill created\n");
  });
});

test("a document of a skill may hold files that are larger than a message takes", async () => {
  const data = Buffer.from(noise(150_000)).toString("base64");
  const text = "line\n".repeat(20_000);
  const document = {
    kind: "Skill",
    metadata: { slug: "document" },
    spec: {
      files: [
        { path: "SKILL.md", text: skillDocument("Document.") },
        { path: "data.bin", data },
        { path: "text.txt", text, executable: true },
      ],
    },
  };
  folder("documents", { "skill.json": JSON.stringify(document) });
  expect(await home.output(["apply", "-f", "documents"])).toBe("skill/document created\n");
  expect(await home.output(["apply", "-f", "documents"])).toBe("skill/document unchanged\n");
  await home.output(["skill", "export", "document", "document-back"]);
  const back = contentOf("document-back");
  folder("expected", {
    "SKILL.md": skillDocument("Document."),
    "data.bin": noise(150_000),
    "text.txt": text,
  });
  chmodSync(home.at("expected", "text.txt"), 0o755);
  expect(back).toEqual(contentOf("expected"));
});

test("agents take skills, in a version or not", async () => {
  folder("taken", { "SKILL.md": skillDocument("Taken.") });
  await home.output(["skill", "push", "taken", "--name", "taken", "--tag", "v1"]);
  const args = ["agent", "create", "taker", "-i", "Answer.", "--skill", "taken@v1"];
  await home.output(args);
  expect(await home.output(["agent", "get", "taker"])).toContain("taken@v1");
  const missing = await home.run(["agent", "update", "taker", "--skill", "taken@v2"]);
  expectRefusal(missing, { exitCode: 5, error: 'no version "v2"', hint: "it has: latest, v1" });
  await home.output(["agent", "update", "taker", "--skill", ""]);
  await home.output(["skill", "delete", "taken"]);
});
