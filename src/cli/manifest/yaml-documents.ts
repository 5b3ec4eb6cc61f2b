import {
  type Alias,
  type Document,
  isAlias,
  isNode,
  isScalar,
  Lexer,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from "yaml";
import { messageOf } from "../../contract/errors.ts";
import { jsonMistake } from "./json-mistake.ts";
import type { ManifestText } from "./manifest-files.ts";
import type { ManifestProblem } from "./manifest-problem.ts";

/** The documents of one file, as nodes that know where they stand. */
export interface YamlFile {
  /** The content of each document that is not empty. */
  readonly roots: readonly Node[];
  /** What an alias stands for. */
  readonly targets: ReadonlyMap<Alias, Node>;
  /** `FILE:LINE:COLUMN` of an offset. */
  readonly place: (offset: number) => string;
  /** What is no YAML at all. */
  readonly problems: readonly ManifestProblem[];
}

/** Far more than any message of the contract has. */
const maxNesting = 100;

/**
 * Reads YAML 1.2, of which JSON is a part; a file that is called `.json` is held to be JSON. Duplicate keys
 * are left to whoever knows the fields.
 */
export function readYaml({ name, text, firstLine = 1 }: ManifestText): YamlFile {
  const lines = new LineCounter();
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${(line || 1) + firstLine - 1}:${col || 1}`;
  };
  const problemAt = (offset: number, message: string): ManifestProblem => ({
    at: place(offset),
    path: "",
    rule: "syntax",
    message,
  });
  const tooDeep = tooDeepAt(text);
  if (tooDeep !== undefined) {
    for (const { index } of text.slice(0, tooDeep).matchAll(/^/gm)) lines.addNewLine(index);
    const problems = [problemAt(tooDeep, `is nested deeper than ${maxNesting} brackets`)];
    return { roots: [], targets: new Map(), place, problems };
  }
  const noJson = /\.json$/i.test(name) ? jsonMistake(text) : undefined;
  if (noJson) {
    for (const { index } of text.slice(0, noJson.offset).matchAll(/^/gm)) lines.addNewLine(index);
    const problems = [problemAt(noJson.offset, noJson.message)];
    return { roots: [], targets: new Map(), place, problems };
  }
  try {
    // The library compares each key with all others of its map, which takes minutes for a long one.
    const parsed = parseAllDocuments(text, {
      lineCounter: lines,
      uniqueKeys: false,
      prettyErrors: false,
    });
    const documents: readonly Document[] = "empty" in parsed ? [] : parsed;
    return {
      roots: documents.flatMap(({ contents }) =>
        isNode(contents) && !isNothing(contents) ? [contents] : [],
      ),
      targets: aliasTargets(documents),
      place,
      problems: documents.flatMap(({ errors }) =>
        errors.map(({ pos, message }) => problemAt(pos[0], message)),
      ),
    };
  } catch (thrown) {
    // Nested deeper than the stack.
    const problems = [problemAt(0, `cannot be read: ${messageOf(thrown)}`)];
    return { roots: [], targets: new Map(), place, problems };
  }
}

/** Offset of the bracket that is one too many: the parser takes minutes for a file full of them. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > maxNesting) return offset;
    if (!isMark(token)) offset += token.length;
  }
  return undefined;
}

/** What the lexer says of the text is no part of it. */
function isMark(token: string): boolean {
  return token === "\u0002" || token === "\u0018" || token === "\u001f";
}

/** An anchor may be used again: an alias stands for the last one before it. */
function aliasTargets(documents: readonly Document[]): Map<Alias, Node> {
  const targets = new Map<Alias, Node>();
  for (const document of documents) {
    const anchors = new Map<string, Node>();
    visit(document, (_, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
      } else if (isNode(node) && "anchor" in node && typeof node.anchor === "string") {
        anchors.set(node.anchor, node);
      }
    });
  }
  return targets;
}

function isNothing(node: Node): boolean {
  return isScalar(node) && node.value === null;
}
