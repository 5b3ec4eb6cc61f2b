import { type FieldViolation, StigmerError, toStigmerError } from "../../contract/errors.ts";
import type { Skill } from "../../contract/gen/ai/stigmer/agentic/skill/v1/api_pb.ts";
import type {
  SkillFile,
  SkillSpec,
} from "../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { skillDocumentPath } from "../../contract/skill-front-matter.ts";
import { skillPathProblem } from "../../contract/skill-path.ts";
import type { StoreReader } from "../../store/store.ts";
import type { Resource } from "../resource.ts";
import { artifactOf, skillDocumentOf } from "./skill-files.ts";

/** All files of a skill together. */
const maxSkillBytes = 500_000_000;

/**
 * Refuses what is no skill. Throws `invalid-argument` for paths, sizes and a SKILL.md that is not
 * in the format, `failed-precondition` for files whose artifacts are not there.
 */
export function checkSkill(resource: Resource, read: StoreReader): void {
  const { spec } = resource as Skill;
  if (!spec) return;
  refuseBadPaths(spec.files);
  refuseBadDocument(spec);
  refuseMissingArtifacts(spec.files, read);
  refuseTooLarge(spec.files, read);
}

function refuseBadPaths(files: readonly SkillFile[]): void {
  const paths = new Set(files.map(({ path }) => path));
  const seen = new Set<string>();
  const violations = files.flatMap(({ path }, index): FieldViolation[] => {
    const message = skillPathProblem(path) ?? clashOf(path, seen, paths);
    seen.add(path);
    return message === undefined ? [] : [violation(index, "path", `"${path}" ${message}`)];
  });
  throwIfAny(violations, "invalid-argument", "name each file once, by its path below the skill");
}

function clashOf(
  path: string,
  seen: ReadonlySet<string>,
  paths: ReadonlySet<string>,
): string | undefined {
  if (seen.has(path)) return "is there twice";
  const folders = path
    .split("/")
    .slice(0, -1)
    .map((_, depth, all) => all.slice(0, depth + 1));
  const file = folders.map((parts) => parts.join("/")).find((folder) => paths.has(folder));
  return file === undefined ? undefined : `lies below "${file}", which is a file`;
}

function refuseBadDocument(spec: SkillSpec): void {
  const index = spec.files.findIndex(({ path }) => path === skillDocumentPath);
  const problem = documentProblem(spec, index);
  if (!problem) return;
  const { message, hint } = problem;
  const field = index < 0 ? "spec.files" : `spec.files[${index}]`;
  throw new StigmerError("invalid-argument", `${field}: ${message}`, {
    ...(hint === undefined ? {} : { hint }),
    violations: [{ field, rule: "skill", message }],
  });
}

function documentProblem(spec: SkillSpec, index: number): StigmerError | undefined {
  try {
    if (skillDocumentOf(spec)) return undefined;
  } catch (thrown) {
    return toStigmerError(thrown);
  }
  const [message, hint] =
    index < 0
      ? [`there is no ${skillDocumentPath}`, "every skill has one: what it is for, and how"]
      : [`${skillDocumentPath} is not text of at most 64 KiB`, "move details into files beside it"];
  return new StigmerError("invalid-argument", message, { hint });
}

function refuseMissingArtifacts(files: readonly SkillFile[], read: StoreReader): void {
  const violations = files.flatMap(({ path, content }, index): FieldViolation[] => {
    const hash = artifactOf(content);
    if (hash === undefined || read.artifact(hash)) return [];
    return [violation(index, "sha256", `the content of "${path}" is not there: artifact ${hash}`)];
  });
  throwIfAny(
    violations,
    "failed-precondition",
    "upload it with ArtifactController, then try again",
  );
}

function refuseTooLarge(files: readonly SkillFile[], read: StoreReader): void {
  const bytes = files.reduce((sum, file) => sum + sizeOf(file, read), 0);
  if (bytes <= maxSkillBytes) return;
  const message = `together ${bytes} bytes, and a skill may have ${maxSkillBytes}`;
  throw new StigmerError("invalid-argument", `spec.files: ${message}`, {
    hint: "keep large data elsewhere and say in SKILL.md where",
    violations: [{ field: "spec.files", rule: "size", message }],
  });
}

function sizeOf({ content }: SkillFile, read: StoreReader): number {
  if (content.case === "text") return Buffer.byteLength(content.value);
  if (content.case === "data") return content.value.length;
  return read.artifact(content.value ?? "")?.size ?? 0;
}

function violation(index: number, rule: string, message: string): FieldViolation {
  return { field: `spec.files[${index}].${rule}`, rule, message };
}

/** How many mistakes of 10,000 files are listed. */
const listed = 20;

function throwIfAny(
  violations: readonly FieldViolation[],
  code: "invalid-argument" | "failed-precondition",
  hint: string,
): void {
  const [first] = violations;
  if (!first) return;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : "";
  throw new StigmerError(code, `${first.field}: ${first.message}${more}`, {
    hint,
    violations: violations.slice(0, listed),
  });
}
