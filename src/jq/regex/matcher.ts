import type { Meter } from "../meter.ts";
import { fold, isWord } from "./char-set.ts";
import type { Instruction, RegexProgram } from "./compile-regex.ts";
import type { Anchor } from "./regex-node.ts";

export interface MatchOptions {
  /** The longest match from a place, not the first one. */
  readonly longest: boolean;
  readonly notEmpty: boolean;
}

/** Places in code points: start and end of the whole match, of each group; -1 where there is none. */
export type Slots = readonly number[];

const memorySteps = 256;

/**
 * Finds matches by trying alternatives in order and going back where one fails, on a stack of its
 * own. Every step is counted. An expression without back references, look-around and the like
 * remembers where it failed, so that it takes time proportional to the text.
 */
export class Matcher {
  readonly #program: RegexProgram;
  readonly #text: readonly number[];
  readonly #options: MatchOptions;
  readonly #meter: Meter;
  readonly #failed = new Set<number>();
  #steps = 0;
  #slots: number[];
  #searchStart = 0;

  constructor(program: RegexProgram, text: readonly number[], options: MatchOptions, meter: Meter) {
    this.#program = program;
    this.#text = text;
    this.#options = options;
    this.#meter = meter;
    this.#slots = [];
  }

  /** The first match that begins at `from` or behind it. */
  find(from: number): Slots | undefined {
    this.#searchStart = from;
    for (let start = from; start <= this.#text.length; start += 1) {
      this.#slots = Array.from({ length: this.#program.slots }, () => -1);
      const end = this.#run(this.#program.instructions, start, { whole: true });
      if (end < 0) continue;
      this.#slots[0] = start;
      this.#slots[1] = end;
      return this.#slots;
    }
    return undefined;
  }

  /** Where a program ends that begins at a place, or -1. */
  #run(
    program: readonly Instruction[],
    start: number,
    { whole = false, endAt }: { readonly whole?: boolean; readonly endAt?: number },
  ): number {
    const stack: number[] = [];
    const trail: number[] = [];
    let best = -1;
    let bestSlots: number[] = [];
    let [at, place] = [0, start];
    for (;;) {
      const next = this.#step(program, at, place, { stack, trail, whole });
      if (next === "match" && this.#isEnd(start, place, { whole, endAt })) {
        if (!whole || !this.#options.longest) return place;
        if (place > best) [best, bestSlots] = [place, [...this.#slots]];
      }
      if (typeof next === "object") {
        [at, place] = next;
        continue;
      }
      const mark = stack.pop();
      if (mark === undefined) break;
      place = stack.pop() ?? 0;
      at = stack.pop() ?? 0;
      this.#undo(trail, mark);
    }
    if (best >= 0) this.#slots = bestSlots;
    return best;
  }

  #isEnd(
    start: number,
    place: number,
    { whole, endAt }: { readonly whole: boolean; readonly endAt: number | undefined },
  ): boolean {
    if (endAt !== undefined) return place === endAt;
    return !whole || !this.#options.notEmpty || place > start;
  }

  /** The next instruction and place; `fail`; or `match` at the end of the program. */
  #step(
    program: readonly Instruction[],
    at: number,
    place: number,
    { stack, trail, whole }: { stack: number[]; trail: number[]; whole: boolean },
  ): [at: number, place: number] | "fail" | "match" {
    this.#meter.step();
    this.#steps += 1;
    const instruction = program[at];
    if (instruction === undefined) return "match";
    switch (instruction.op) {
      case "set": {
        const point = this.#text[place];
        return point !== undefined && instruction.set(point) ? [at + 1, place + 1] : "fail";
      }
      case "split":
        if (whole && this.#wasTried(at, place)) return "fail";
        stack.push(instruction.second, place, trail.length);
        return [instruction.first, place];
      case "jump":
        return [instruction.to, place];
      case "save":
        this.#save(instruction.slot, place, trail);
        return [at + 1, place];
      case "progress":
        return [this.#slots[instruction.slot] === place ? instruction.to : at + 1, place];
      case "anchor":
        return this.#holds(instruction.anchor, place) ? [at + 1, place] : "fail";
      case "back-reference":
        return this.#repeat(instruction, at, place);
      case "nested":
        return this.#nested(instruction, { at, place, trail });
      case "match":
        return "match";
    }
  }

  /** Only where it pays: an expression that rarely goes back remembers nothing. */
  #wasTried(at: number, place: number): boolean {
    if (!this.#program.memorable || this.#options.longest) return false;
    if (this.#steps < memorySteps + 4 * this.#text.length) return false;
    const key = at * (this.#text.length + 1) + place;
    if (this.#failed.has(key)) return true;
    this.#meter.allocate(16);
    this.#failed.add(key);
    return false;
  }

  #save(slot: number, place: number, trail: number[]): void {
    trail.push(slot, this.#slots[slot] ?? -1);
    this.#slots[slot] = place;
  }

  #undo(trail: number[], mark: number): void {
    while (trail.length > mark) {
      const before = trail.pop() ?? -1;
      this.#slots[trail.pop() ?? 0] = before;
    }
  }

  #holds(anchor: Anchor, place: number): boolean {
    const { length } = this.#text;
    switch (anchor) {
      case "text-start":
        return place === 0;
      case "line-start":
        return place === 0 || this.#text[place - 1] === 10;
      case "text-end":
        return place === length;
      case "last-line-end":
        return place === length || (place === length - 1 && this.#text[place] === 10);
      case "line-end":
        return place === length || this.#text[place] === 10;
      case "search-start":
        return place === this.#searchStart;
      case "word-boundary":
        return this.#isWordAt(place - 1) !== this.#isWordAt(place);
      case "no-word-boundary":
        return this.#isWordAt(place - 1) === this.#isWordAt(place);
    }
  }

  #isWordAt(place: number): boolean {
    const point = this.#text[place];
    return point !== undefined && isWord(point);
  }

  /** The last of the groups that took part decides. */
  #repeat(
    { groups, fold: folded }: Instruction & { readonly op: "back-reference" },
    at: number,
    place: number,
  ): [at: number, place: number] | "fail" {
    const group = groups.findLast((index) => (this.#slots[2 * index + 1] ?? -1) >= 0);
    if (group === undefined) return "fail";
    const start = this.#slots[2 * group] ?? 0;
    const length = (this.#slots[2 * group + 1] ?? 0) - start;
    this.#meter.step(length);
    for (let offset = 0; offset < length; offset += 1) {
      const [one, other] = [this.#text[start + offset], this.#text[place + offset]];
      if (one === undefined || other === undefined) return "fail";
      if (one !== other && !(folded && fold(one) === fold(other))) return "fail";
    }
    return [at + 1, place + length];
  }

  #nested(
    { kind, negative, program }: Instruction & { readonly op: "nested" },
    { at, place, trail }: { at: number; place: number; trail: number[] },
  ): [at: number, place: number] | "fail" {
    const before = [...this.#slots];
    const end = kind === "behind" ? this.#behind(program, place) : this.#run(program, place, {});
    const after = this.#slots;
    this.#slots = [...before];
    if (end >= 0 === negative) return "fail";
    for (const [slot, value] of after.entries()) {
      if (!negative && value !== before[slot]) this.#save(slot, value, trail);
    }
    return [at + 1, kind === "atomic" ? end : place];
  }

  /** Tries every beginning from which the program could end here, the nearest first. */
  #behind(program: readonly Instruction[], place: number): number {
    for (let start = place; start >= 0; start -= 1) {
      if (this.#run(program, start, { endAt: place }) >= 0) return place;
    }
    return -1;
  }
}
