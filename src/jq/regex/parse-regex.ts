import { complement, isNewline, literalSet } from "./char-set.ts";
import { parseCharacterEscape, parseClass, parseSetEscape } from "./parse-class.ts";
import { PatternReader, regexError } from "./pattern-reader.ts";
import type { Anchor, RegexNode, RegexOptions } from "./regex-node.ts";

export interface ParsedRegex {
  readonly node: RegexNode;
  /** The names of the groups, null for those without. */
  readonly groups: readonly (string | null)[];
}

const deepest = 250;

/** Reads an expression in Oniguruma's Perl syntax, as jq does. @throws JqError */
export function parseRegex(pattern: string, options: RegexOptions): ParsedRegex {
  const parser = new RegexParser(pattern);
  const node = parser.parse(options);
  return { node, groups: parser.groups };
}

class RegexParser {
  readonly groups: (string | null)[] = [];
  readonly #reader: PatternReader;
  #depth = 0;

  constructor(pattern: string) {
    this.#reader = new PatternReader(pattern);
  }

  parse(options: RegexOptions): RegexNode {
    const node = this.#choice(options);
    if (!this.#reader.done) throw regexError("unmatched close parenthesis");
    return node;
  }

  #choice(options: RegexOptions): RegexNode {
    this.#depth += 1;
    if (this.#depth > deepest) throw regexError("too deep nest level");
    const choices = [this.#sequence(options)];
    while (this.#reader.take("|")) choices.push(this.#sequence(options));
    this.#depth -= 1;
    const [only] = choices;
    return choices.length === 1 && only ? only : { kind: "choice", options: choices };
  }

  #sequence(outer: RegexOptions): RegexNode {
    const items: RegexNode[] = [];
    const reader = this.#reader;
    while (!reader.done && !reader.sees("|") && !reader.sees(")")) {
      if (outer.extended && reader.match(/^(?:\s+|#[^\n]*)/)) continue;
      if (reader.take("(?#")) {
        reader.until(")", "end pattern in group");
        continue;
      }
      const inline = reader.match(/^\(\?([imsx]*)(?:-([imsx]*))?\)/);
      if (inline) {
        items.push(this.#choice(switched(outer, inline[1] ?? "", inline[2] ?? "")));
        continue;
      }
      items.push(this.#repeated(this.#atom(outer)));
    }
    return { kind: "sequence", items };
  }

  #repeated(atom: RegexNode): RegexNode {
    const reader = this.#reader;
    let node = atom;
    for (;;) {
      const found = reader.match(/^(?:([*+?])|\{(\d+)(,?)(\d*)\}|\{,(\d+)\})([?+]?)/);
      if (!found) return node;
      const [min, max] = boundsOf(found);
      if (max < min) throw regexError("invalid repeat range {lower,upper}");
      if (Math.max(min, max === Infinity ? 0 : max) > 100_000) {
        throw regexError("too big number in repeat range");
      }
      node = { kind: "repeat", body: node, min, max, mode: modeOf(found) };
    }
  }

  #atom(options: RegexOptions): RegexNode {
    const reader = this.#reader;
    if (reader.take("(")) return this.#group(options);
    if (reader.take("[")) return { kind: "set", set: parseClass(reader, options.ignoreCase) };
    if (reader.take("\\")) return this.#escape(options);
    if (reader.take("^")) {
      return { kind: "anchor", anchor: options.lines ? "line-start" : "text-start" };
    }
    if (reader.take("$")) {
      return { kind: "anchor", anchor: options.lines ? "line-end" : "last-line-end" };
    }
    if (reader.take(".")) {
      return { kind: "set", set: options.dotAll ? () => true : complement(isNewline) };
    }
    if (/^[*+?]$/.test(reader.next)) throw regexError("target of repeat operator is not specified");
    return literal(reader.read().codePointAt(0) ?? 0, options);
  }

  #group(options: RegexOptions): RegexNode {
    const reader = this.#reader;
    const look = reader.match(/^\?(<?)([=!])/);
    if (look) {
      const [, behind, sign] = look;
      const body = this.#closed(options);
      return { kind: "look", behind: behind === "<", negative: sign === "!", body };
    }
    if (reader.take("?>")) return { kind: "atomic", body: this.#closed(options) };
    const inline = reader.match(/^\?([imsx]*)(?:-([imsx]*))?:/);
    if (inline) return this.#closed(switched(options, inline[1] ?? "", inline[2] ?? ""));
    const name = reader.match(/^\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/);
    if (!name && reader.sees("?<")) throw regexError("invalid group name <>");
    if (!name && reader.sees("?")) throw regexError("undefined group option");
    this.groups.push(name?.[1] ?? name?.[2] ?? null);
    const index = this.groups.length;
    return { kind: "capture", index, body: this.#closed(options) };
  }

  #closed(options: RegexOptions): RegexNode {
    const body = this.#choice(options);
    if (!this.#reader.take(")")) throw regexError("end pattern with unmatched parenthesis");
    return body;
  }

  #escape(options: RegexOptions): RegexNode {
    const reader = this.#reader;
    const anchor = anchors[reader.next];
    if (anchor) {
      reader.read();
      return { kind: "anchor", anchor };
    }
    if (reader.take("N")) return { kind: "set", set: complement(isNewline) };
    const fold = options.ignoreCase;
    const named = reader.match(/^k(?:<(\w+)>|'(\w+)')/);
    if (named)
      return { kind: "back-reference", groups: this.#named(named[1] ?? named[2] ?? ""), fold };
    const numbered = reader.match(/^[1-9]\d*/);
    if (numbered) return { kind: "back-reference", groups: [Number(numbered[0])], fold };
    const unsupported = reader.match(/^[gKQEXR]/);
    if (unsupported) throw regexError(`\\${unsupported[0]} is not supported`);
    const set = parseSetEscape(reader);
    return set ? { kind: "set", set } : literal(parseCharacterEscape(reader), options);
  }

  #named(name: string): number[] {
    const found = this.groups.flatMap((group, index) => (group === name ? index + 1 : []));
    if (found.length > 0) return found;
    if (/^\d+$/.test(name)) return [Number(name)];
    throw regexError(`undefined name <${name}> reference`);
  }
}

const anchors: Readonly<Record<string, Anchor | undefined>> = {
  A: "text-start",
  z: "text-end",
  Z: "last-line-end",
  b: "word-boundary",
  B: "no-word-boundary",
  G: "search-start",
};

function literal(point: number, { ignoreCase }: RegexOptions): RegexNode {
  return { kind: "set", set: literalSet(point, ignoreCase) };
}

function switched(options: RegexOptions, on: string, off: string): RegexOptions {
  const value = (flag: string, before: boolean) =>
    off.includes(flag) ? false : before || on.includes(flag);
  return {
    ignoreCase: value("i", options.ignoreCase),
    extended: value("x", options.extended),
    dotAll: value("s", options.dotAll),
    lines: value("m", options.lines),
  };
}

function boundsOf(found: RegExpExecArray): [min: number, max: number] {
  const [, sign, min, comma, max, upTo] = found;
  if (sign === "*") return [0, Infinity];
  if (sign === "+") return [1, Infinity];
  if (sign === "?") return [0, 1];
  if (upTo !== undefined) return [0, Number(upTo)];
  if (comma === "") return [Number(min), Number(min)];
  return [Number(min), max === "" ? Infinity : Number(max)];
}

/** Behind braces, `+` does not make a repetition possessive but repeats it. */
function modeOf(found: RegExpExecArray): "greedy" | "lazy" | "possessive" {
  if (found[6] === "?") return "lazy";
  return found[6] === "+" ? "possessive" : "greedy";
}
