import { type Skill, SkillSchema } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import type { SkillFile } from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { padToWidth } from "../output/display-width.ts";
import type { TextStyle } from "../output/output.ts";
import { ageText } from "../output/time-text.ts";
import { sizeText } from "../output/size-text.ts";
import { definitionKind } from "./definition-kind.ts";

/** Lines of a list in a description; the rest is counted. */
const shownLines = 100;

/** Sizes of artifacts in bytes, by their hash. */
export type ArtifactSizes = ReadonlyMap<string, number>;

export const skillKind = skillKindWith(new Map());

/** With the sizes of files that the skill itself does not hold. */
export function skillKindWith(sizes: ArtifactSizes) {
  return definitionKind(SkillSchema, {
    word: "skill",
    plural: "skills",
    columns: [
      { title: "VERSION", value: ({ metadata }) => shortHash(metadata?.revision ?? "") },
      { title: "TAGS", value: tagsText },
      { title: "FILES", value: ({ spec }) => String(spec?.files.length ?? 0) },
      { title: "DESCRIPTION", value: ({ spec }) => spec?.description ?? "", flexible: true },
    ],
    fields: (skill, style) => [
      ["description", skill.spec?.description ?? ""],
      ["versions", versionsText(skill, style)],
    ],
    text: ({ spec }) => ["files", filesText(spec?.files ?? [], sizes)],
  });
}

/** As much of a hash as people write: any 8 or more characters of its start name the version. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}

/** Tags of the version that is shown. */
function tagsText({ metadata, status }: Skill): string {
  const shown = status?.versions.find(({ hash }) => hash === metadata?.revision);
  return shown?.tags.join(" ") ?? "";
}

/** `3fa9c1d2e4b5  2h ago  v2 stable`, the version that is shown with a star. */
function versionsText({ metadata, status }: Skill, style: TextStyle): string {
  const versions = status?.versions ?? [];
  return linesOf(
    versions.map(({ hash, pushedAt, tags }) => {
      const mark = hash === metadata?.revision ? "*" : " ";
      return `${mark} ${shortHash(hash)}  ${padToWidth(ageText(pushedAt, style), 8)}  ${tags.join(" ")}`;
    }),
  );
}

function filesText(files: readonly SkillFile[], sizes: ArtifactSizes): string {
  return linesOf(
    files.map((file) => {
      const mode = file.executable ? "x" : "-";
      return `${mode} ${sizeOf(file, sizes).padStart(8)}  ${file.path}`;
    }),
  );
}

function sizeOf({ content }: SkillFile, sizes: ArtifactSizes): string {
  if (content.case === "text") return sizeText(Buffer.byteLength(content.value));
  if (content.case === "data") return sizeText(content.value.length);
  const size = sizes.get(content.value ?? "");
  return size === undefined ? "large" : sizeText(size);
}

function linesOf(lines: readonly string[]): string {
  const more = lines.length - shownLines;
  const shown = more > 0 ? [...lines.slice(0, shownLines), `… and ${more} more`] : lines;
  return shown.map((line) => line.trimEnd()).join("\n");
}
