import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { referenceFiles, schemaFolder } from "../scripts/reference/reference-files.ts";
import { repositoryRoot } from "../scripts/repository.ts";

/** What to do when one of these fails: `bun run reference`, and commit what it wrote. */
const remedy = "bun run reference";

test(`the reference is what the tables say (otherwise: ${remedy})`, async () => {
  const stale: string[] = [];
  for (const [path, text] of referenceFiles()) {
    const file = Bun.file(`${repositoryRoot}${path}`);
    const written = (await file.exists()) ? await file.text() : undefined;
    if (written !== text) stale.push(path);
  }
  expect({ stale, remedy }).toEqual({ stale: [], remedy });
});

test(`no schema is left of what is gone (otherwise: ${remedy})`, () => {
  const known = referenceFiles();
  const found = readdirSync(`${repositoryRoot}${schemaFolder}`);
  expect(found.filter((file) => !known.has(`${schemaFolder}${file}`))).toEqual([]);
});

test("the reference links to pages and headings that are there", () => {
  const files = referenceFiles();
  const text = files.get("docs/cli.md") ?? "";
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(
    ([, title = ""]) => `#${title.toLowerCase().replaceAll(" ", "-")}`,
  );
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target);
  const broken = links.filter((target) =>
    target.startsWith("#") ? !headings.includes(target) : !files.has(`docs/${target}`),
  );
  expect(broken).toEqual([]);
});
