import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryFolder } from "../src/system/testing/temporary-folder.ts";
import { CommandHome } from "./support/command-home.ts";
import { skillDocument } from "./support/skill-sample.ts";

setDefaultTimeout(60_000);

let folder: TemporaryFolder;
let home: CommandHome;
beforeAll(() => {
  folder = new TemporaryFolder();
  home = CommandHome.open();
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** A folder with a SKILL.md and a file that is too large to stand in a message. */
function skillFolder(version: string): string {
  const path = join(folder.at(version), "style");
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "SKILL.md"), skillDocument(`Version ${version}.`));
  writeFileSync(join(path, "large.txt"), `${version}\n`.repeat(40_000));
  return path;
}

async function currentHash(): Promise<string> {
  const skill = JSON.parse(await home.output(["skill", "get", "style", "-o", "json"]));
  return skill.metadata.revision;
}

test("agents keep the versions that they name when they move to another home", async () => {
  await home.output(["skill", "push", skillFolder("one"), "--tag", "v1", "--tag", "first"]);
  await home.output(["skill", "push", skillFolder("two")]);
  const second = await currentHash();
  await home.output(["skill", "push", skillFolder("unnamed")]);
  await home.output(["skill", "push", skillFolder("three"), "--tag", "v3"]);
  for (const version of ["v1", second.slice(0, 10), "v3"]) {
    const name = ["agent", "create", `with-${version}`, "--instructions", "Write."];
    await home.output([...name, "--skill", `style@${version}`]);
  }
  const exported = await home.output(["export", "--all"]);
  expect(exported).not.toContain("Version unnamed.");

  await using other = CommandHome.open();
  await other.output(["import"], { stdin: exported });
  expect(await other.output(["export", "--all"])).toBe(exported);
  for (const [name, version] of [
    ["v1", "one"],
    ["first", "one"],
    [second.slice(0, 10), "two"],
    ["v3", "three"],
    ["latest", "three"],
  ]) {
    const target = join(folder.path, `out-${name}`);
    await other.output(["skill", "export", `style@${name}`, target]);
    expect(await Bun.file(join(target, "SKILL.md")).text()).toContain(`Version ${version}.`);
    expect(await Bun.file(join(target, "large.txt")).text()).toBe(`${version}\n`.repeat(40_000));
  }
  const again = await other.output(["import"], { stdin: exported });
  expect(again).not.toMatch(/created|updated/u);
});

function skillYaml(versions: string): string {
  const file = (body: string) => `{ path: SKILL.md, text: ${JSON.stringify(skillDocument(body))} }`;
  return `apiVersion: agentic.stigmer.ai/v1
kind: Skill
metadata: { name: Two Words }
spec: { files: [${file("Now.")}] }
versions:
${versions.replaceAll("FILE", file("Before."))}
`;
}

test("a file moves a tag, says so, and changes nothing the second time", async () => {
  const apply = async (versions: string): Promise<string> =>
    await home.output(["apply", "-f", "-"], { stdin: skillYaml(versions) });
  expect(await apply("  - { tags: [stable], spec: { files: [FILE] } }")).toContain("created");
  const compared = await home.run(["diff", "-f", "-"], {
    stdin: skillYaml("  - { tags: [stable] }"),
  });
  expect(compared.stdout).toContain('versions["stable"]');
  const moved = await apply("  - { tags: [stable] }");
  expect(moved).toMatch(/updated\n {2}versions\["stable"\]: "[0-9a-f]{50,}… →/u);
  expect(await apply("  - { tags: [stable] }")).toBe("skill/two-words unchanged\n");
});

test("what is wrong with versions is said with its place in the file", async () => {
  const refusal = async (versions: string): Promise<string> => {
    const run = await home.run(["apply", "-f", "-"], { stdin: skillYaml(versions) });
    expect(run.exitCode).not.toBe(0);
    return run.stderr;
  };
  expect(await refusal("  - { tagz: [a] }")).toContain("stdin:6:7: versions[0].tagz");
  expect(await refusal("  - { skill: style }")).toContain("versions[0].skill: is the skill of");
  expect(await refusal("  - { tags: [a] }\n  - { tags: [latest] }")).toContain(
    "stdin:7:14: versions[1].tags[0]",
  );
  expect(await refusal("  - { tags: [a] }\n  - { tags: [a] }")).toContain("is given twice");
  expect(await refusal("  - { tags: [a b] }")).toContain("stdin:6:14: versions[0].tags[0]");
  expect(await refusal("  - { spec: { files: [{ path: x, text: y }] } }")).toContain(
    "versions[0].spec.files: there is no SKILL.md",
  );
});
