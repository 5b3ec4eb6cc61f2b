import { styleText } from "node:util";
import { fillLines, shellCommand } from "./shell-command.ts";

type Format = Parameters<typeof styleText>[0];

/** Columns of what the tour itself prints. */
const width = 78;

interface StepTime {
  readonly title: string;
  readonly seconds: string;
}

/** What a person reads: headings, sentences, commands, checks and times. */
export class Tour {
  readonly #startedAt = performance.now();
  readonly #steps: StepTime[] = [];
  readonly #broken: string[] = [];

  /** One numbered part of the tour, timed. */
  async step<T>(title: string, run: () => Promise<T>): Promise<T> {
    const heading = `── ${this.#steps.length + 1}. ${title} `;
    this.#print(`\n${paint("bold", heading.padEnd(width, "─"))}`);
    const startedAt = performance.now();
    const result = await run();
    this.#steps.push({ title, seconds: secondsSince(startedAt) });
    return result;
  }

  say(text: string): void {
    this.#print(`\n${fillLines(text.split(/\s+/), width).join("\n")}`);
  }

  /** A command as it is typed, `end` unquoted behind it: a comment, an ampersand. */
  command(words: readonly string[], end?: string): void {
    this.#print(`\n${paint("cyan", shellCommand(words, end))}`);
  }

  /** Text of a program whose output the tour reads itself. */
  output(text: string): void {
    this.#print(text.trimEnd());
  }

  time(startedAt: number): void {
    this.#print(paint("dim", `(${secondsSince(startedAt)} s)`));
  }

  /** A promise that the tour has just looked at. A broken one fails the tour at its end. */
  check(claim: string, holds: boolean): void {
    if (!holds) this.#broken.push(claim);
    this.#print(holds ? `${paint("green", "✓")} ${claim}` : `${paint("red", "✗")} ${claim}`);
  }

  /** Prints the times and returns the exit code. */
  end(): number {
    this.#print(`\n${paint("bold", "── Times ".padEnd(width, "─"))}`);
    for (const { title, seconds } of this.#steps) {
      this.#print(`${seconds.padStart(7)} s  ${title}`);
    }
    this.#print(`${secondsSince(this.#startedAt).padStart(7)} s  in all`);
    for (const claim of this.#broken) this.#print(paint("red", `✗ does not hold: ${claim}`));
    return this.#broken.length === 0 ? 0 : 1;
  }

  /** Why the tour ends before its end. */
  stopped(reason: string): void {
    this.#print(`\n${paint("red", "✗ the tour stops:")} ${reason}`);
  }

  #print(text: string): void {
    console.log(text);
  }
}

function secondsSince(startedAt: number): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1);
}

/** Colours follow `NO_COLOR`, `FORCE_COLOR` and whether this is a terminal. */
function paint(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stdout });
}
