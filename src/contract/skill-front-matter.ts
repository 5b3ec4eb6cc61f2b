import { parseDocument } from "yaml";
import { StigmerError } from "./errors.ts";

/** What a SKILL.md says of itself, and the text behind it. */
export interface SkillDocument {
  readonly name: string;
  readonly description: string;
  /** The Markdown behind the front matter. */
  readonly body: string;
}

/** The file that every skill has, in the open Agent Skills format (agentskills.io/specification). */
export const skillDocumentPath = "SKILL.md";

const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const maxNameLength = 64;
const maxDescriptionLength = 1024;

/** Front matter is a few lines; a parser should not be given more. */
const maxFrontMatterLength = 16_384;

/**
 * Reads a SKILL.md: YAML between two lines of `---`, then Markdown. Fields besides `name` and
 * `description` are left to whoever knows them.
 *
 * @throws StigmerError `invalid-argument` that says what is wrong with it
 */
export function readSkillDocument(text: string): SkillDocument {
  const found = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m.exec(text);
  if (!found || found.index !== 0) throw refused("it does not start with front matter");
  const [whole, yaml = ""] = found;
  const fields = parseFields(yaml);
  return {
    name: nameOf(fields["name"]),
    description: descriptionOf(fields["description"]),
    body: text.slice(whole.length),
  };
}

function parseFields(yaml: string): Readonly<Record<string, unknown>> {
  if (yaml.length > maxFrontMatterLength) throw refused("its front matter is too long");
  const document = parseDocument(yaml, { prettyErrors: false });
  const [problem] = document.errors;
  if (problem) throw refused(`its front matter is no YAML: ${problem.message}`);
  const fields = plain(() => document.toJS({ maxAliasCount: 10 }) as unknown);
  if (typeof fields === "object" && fields !== null && !Array.isArray(fields)) {
    return fields as Record<string, unknown>;
  }
  throw refused("its front matter holds no fields");
}

function plain(read: () => unknown): unknown {
  try {
    return read();
  } catch (cause) {
    throw refused("its front matter uses more aliases than anybody writes", cause);
  }
}

function nameOf(value: unknown): string {
  if (typeof value !== "string" || value === "") throw refused("its front matter has no `name`");
  if (value.length <= maxNameLength && namePattern.test(value)) return value;
  throw refused(
    `its name "${value.slice(0, maxNameLength)}" is not made of at most ${maxNameLength} lower-case letters, digits and single hyphens`,
  );
}

function descriptionOf(value: unknown): string {
  const description = typeof value === "string" ? value.trim() : "";
  if (description === "") throw refused("its front matter has no `description`");
  const { length } = Array.from(description);
  if (length <= maxDescriptionLength) return description;
  throw refused(
    `its description has ${length} characters and may have ${maxDescriptionLength} at most`,
  );
}

function refused(what: string, cause?: unknown): StigmerError {
  return new StigmerError("invalid-argument", `${skillDocumentPath}: ${what}`, {
    hint: 'start it with "---", "name: my-skill", "description: what it is for", "---", each on a line; quote a description that holds ": "',
    cause,
  });
}
