import { StigmerError } from "../../../contract/errors.ts";
import type { PinnedSkill } from "../../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type {
  SkillFile,
  SkillSpec,
} from "../../../contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { nearestName } from "../../../contract/nearest-name.ts";
import { readSkillDocument, skillDocumentPath } from "../../../contract/skill-front-matter.ts";
import type { OfferedTool, ToolAnswer, ToolBox, ToolInvocation } from "../agent-run.ts";
import { skillTools } from "./skill-catalog.ts";
import { offeredSkillTools } from "./skill-tools.ts";
import { textPiece } from "./text-piece.ts";

export interface SkillToolBoxOptions {
  readonly skills: readonly PinnedSkill[];
  /** The files of a pinned revision. */
  readonly read: (revision: string, signal: AbortSignal) => Promise<SkillSpec>;
  /** A file that the skill itself does not hold, by its hash. */
  readonly open: (sha256: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** Bytes of a file that one call returns. */
  readonly maxResultBytes: number;
  readonly clock: () => number;
}

/** Paths that an activation lists; the rest is counted. */
const listedFiles = 500;

/** What an agent does with its skills: takes one up, and reads its files. */
export class SkillToolBox implements ToolBox {
  readonly #options: SkillToolBoxOptions;

  constructor(options: SkillToolBoxOptions) {
    this.#options = options;
  }

  list(): Promise<readonly OfferedTool[]> {
    const names = this.#options.skills.map(({ slug }) => slug);
    return Promise.resolve(names.length === 0 ? [] : offeredSkillTools(names));
  }

  async call(invocation: ToolInvocation): Promise<ToolAnswer> {
    const { clock } = this.#options;
    const startedAtMs = clock();
    const { text, isError } = await this.#answer(invocation);
    return { isError, content: [{ kind: "text", text }], startedAtMs, endedAtMs: clock() };
  }

  async #answer(invocation: ToolInvocation): Promise<{ text: string; isError: boolean }> {
    try {
      const isActivation = invocation.name === skillTools.activate;
      const text = isActivation
        ? await this.#activate(invocation)
        : await this.#readFile(invocation);
      return { text, isError: false };
    } catch (thrown) {
      // What the model asked for wrongly it can ask for again; everything else is not its fault.
      if (!(thrown instanceof StigmerError) || thrown.code !== "invalid-argument") throw thrown;
      return { text: thrown.message, isError: true };
    }
  }

  async #activate(invocation: ToolInvocation): Promise<string> {
    const { files } = await this.#skill(invocation);
    const document = files.find(({ path }) => path === skillDocumentPath);
    const text = document?.content.case === "text" ? document.content.value : "";
    const others = files.filter((file) => file !== document).map(({ path }) => `- ${path}`);
    const { body } = readSkillDocument(text);
    if (others.length === 0) return body;
    const more = others.length - listedFiles;
    const lines = more > 0 ? [...others.slice(0, listedFiles), `- … and ${more} more`] : others;
    return `${body.trimEnd()}\n\nFiles of this skill, for ${skillTools.read}:\n${lines.join("\n")}\n`;
  }

  async #readFile(invocation: ToolInvocation): Promise<string> {
    const { files } = await this.#skill(invocation);
    const { path, offset = 0 } = argumentsOf(invocation);
    if (typeof path !== "string") throw wrong("`path` must be the path of a file");
    if (typeof offset !== "number" || !Number.isSafeInteger(offset) || offset < 0) {
      throw wrong("`offset` must be a number of bytes");
    }
    const file = files.find((each) => each.path === path);
    if (!file) throw noFile(path, files);
    const stream = this.#contentOf(file, invocation.signal);
    const piece = await textPiece(stream, offset, this.#options.maxResultBytes);
    if (!piece) throw wrong(`${path} is not text, and only text can be read`);
    if (piece.next === undefined) return piece.text;
    return `${piece.text}\n[cut here; go on with offset ${piece.next}]`;
  }

  async #skill(invocation: ToolInvocation): Promise<SkillSpec> {
    const { skills, read } = this.#options;
    const { skill: name } = argumentsOf(invocation);
    const skill = skills.find(({ slug }) => slug === name);
    if (skill) return await read(skill.revision, invocation.signal);
    const names = skills.map(({ slug }) => slug).join(", ");
    throw wrong(`there is no skill ${JSON.stringify(name ?? "")}; there are: ${names}`);
  }

  async *#contentOf(
    { content }: SkillFile,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (content.case === "text") yield new TextEncoder().encode(content.value);
    else if (content.case === "data") yield content.value;
    else if (content.case === "sha256") yield* this.#options.open(content.value, signal);
  }
}

function argumentsOf({ arguments: given }: ToolInvocation): Readonly<Record<string, unknown>> {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) {
    return given as Record<string, unknown>;
  }
  throw wrong("the arguments must be a JSON object");
}

function noFile(path: string, files: readonly SkillFile[]): StigmerError {
  const nearest = nearestName(
    path,
    files.map((file) => file.path),
  );
  const hint =
    nearest === undefined ? `${skillTools.activate} lists them` : `did you mean ${nearest}?`;
  return wrong(`there is no file ${JSON.stringify(path)}; ${hint}`);
}

function wrong(message: string): StigmerError {
  return new StigmerError("invalid-argument", message);
}
