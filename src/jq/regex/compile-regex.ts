import type { CharSet } from "./char-set.ts";
import { regexError } from "./pattern-reader.ts";
import { type Anchor, minLength, type RegexNode } from "./regex-node.ts";

/** One step of a program for the matcher. Targets are indices of instructions. */
export type Instruction =
  | { readonly op: "set"; readonly set: CharSet }
  /** Goes on at `first`; when that fails, at `second`. */
  | { readonly op: "split"; first: number; second: number }
  | { readonly op: "jump"; to: number }
  | { readonly op: "save"; readonly slot: number }
  /** Leaves a loop whose last round took no character. */
  | { readonly op: "progress"; readonly slot: number; to: number }
  | { readonly op: "anchor"; readonly anchor: Anchor }
  | { readonly op: "back-reference"; readonly groups: readonly number[]; readonly fold: boolean }
  | {
      readonly op: "nested";
      readonly kind: "atomic" | "ahead" | "behind";
      readonly negative: boolean;
      readonly program: readonly Instruction[];
    }
  | { readonly op: "match" };

export interface RegexProgram {
  readonly instructions: readonly Instruction[];
  /** Slots of the captures, two each with the whole match first, and of the loops. */
  readonly slots: number;
  /** What is tried from a place does not depend on how it was reached: no place is tried twice. */
  readonly memorable: boolean;
}

const longestProgram = 50_000;

export function compileRegex(node: RegexNode, groups: number): RegexProgram {
  const compiler = new RegexCompiler(2 * (groups + 1));
  const instructions = compiler.program(node);
  return { instructions, slots: compiler.slots, memorable: compiler.memorable };
}

class RegexCompiler {
  slots: number;
  memorable = true;
  #size = 0;

  constructor(slots: number) {
    this.slots = slots;
  }

  program(node: RegexNode): Instruction[] {
    const code: Instruction[] = [];
    this.#emit(node, code);
    this.#add(code, { op: "match" });
    return code;
  }

  #add<T extends Instruction>(code: Instruction[], instruction: T): T {
    this.#size += 1;
    if (this.#size > longestProgram)
      throw regexError("too long after its repetitions are written out");
    code.push(instruction);
    return instruction;
  }

  #emit(node: RegexNode, code: Instruction[]): void {
    switch (node.kind) {
      case "set":
        this.#add(code, { op: "set", set: node.set });
        return;
      case "sequence":
        for (const item of node.items) this.#emit(item, code);
        return;
      case "choice":
        this.#emitChoice(node.options, code);
        return;
      case "repeat":
        this.#emitRepeat(node, code);
        return;
      case "capture":
        this.#add(code, { op: "save", slot: 2 * node.index });
        this.#emit(node.body, code);
        this.#add(code, { op: "save", slot: 2 * node.index + 1 });
        return;
      case "anchor":
        this.#add(code, { op: "anchor", anchor: node.anchor });
        return;
      case "back-reference":
        this.memorable = false;
        this.#add(code, { op: "back-reference", groups: node.groups, fold: node.fold });
        return;
      case "atomic":
        this.#emitNested("atomic", false, node.body, code);
        return;
      case "look":
        this.#emitNested(node.behind ? "behind" : "ahead", node.negative, node.body, code);
        return;
    }
  }

  #emitNested(
    kind: "atomic" | "ahead" | "behind",
    negative: boolean,
    body: RegexNode,
    code: Instruction[],
  ): void {
    this.memorable = false;
    this.#add(code, { op: "nested", kind, negative, program: this.program(body) });
  }

  #emitChoice(options: readonly RegexNode[], code: Instruction[]): void {
    const ends: { to: number }[] = [];
    for (const [index, option] of options.entries()) {
      if (index === options.length - 1) {
        this.#emit(option, code);
        break;
      }
      const split = this.#add(code, { op: "split", first: code.length + 1, second: 0 });
      this.#emit(option, code);
      ends.push(this.#add(code, { op: "jump", to: 0 }));
      split.second = code.length;
    }
    for (const end of ends) end.to = code.length;
  }

  #emitRepeat(node: RegexNode & { readonly kind: "repeat" }, code: Instruction[]): void {
    const { body, min, max, mode } = node;
    if (mode === "possessive") {
      this.#emitNested("atomic", false, { ...node, mode: "greedy" }, code);
      return;
    }
    for (let count = 0; count < min; count += 1) this.#emit(body, code);
    if (max === Infinity) this.#emitLoop(body, mode === "lazy", code);
    else this.#emitOptional(body, max - min, mode === "lazy", code);
  }

  #emitLoop(body: RegexNode, lazy: boolean, code: Instruction[]): void {
    const start = code.length;
    const split = this.#add(code, { op: "split", first: 0, second: 0 });
    const inside = code.length;
    const mayBeEmpty = minLength(body) === 0;
    const slot = this.slots;
    if (mayBeEmpty) {
      this.slots += 1;
      this.memorable = false;
      this.#add(code, { op: "save", slot });
    }
    this.#emit(body, code);
    const progress = mayBeEmpty ? this.#add(code, { op: "progress", slot, to: 0 }) : undefined;
    this.#add(code, { op: "jump", to: start });
    if (progress) progress.to = code.length;
    split.first = lazy ? code.length : inside;
    split.second = lazy ? inside : code.length;
  }

  #emitOptional(body: RegexNode, count: number, lazy: boolean, code: Instruction[]): void {
    const splits: { first: number; second: number; readonly inside: number }[] = [];
    for (let left = count; left > 0; left -= 1) {
      const split = this.#add(code, { op: "split", first: 0, second: 0 });
      splits.push(Object.assign(split, { inside: code.length }));
      this.#emit(body, code);
    }
    for (const split of splits) {
      split.first = lazy ? code.length : split.inside;
      split.second = lazy ? split.inside : code.length;
    }
  }
}
