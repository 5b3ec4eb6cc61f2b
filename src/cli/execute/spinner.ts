import { elapsedText } from "../output/time-text.ts";
import type { Terminal } from "../terminal.ts";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 100;

/** Shows on a live terminal that something goes on, and for how long. */
export class Spinner implements Disposable {
  readonly #terminal: Terminal;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #startedAt = performance.now();
  #label = "starting";
  #frame = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#timer = terminal.isLive ? setInterval(() => this.#draw(), frameMs) : undefined;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#terminal.clearProgress();
  }

  label(text: string): void {
    this.#label = text;
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % frames.length;
    const elapsed = elapsedText(performance.now() - this.#startedAt);
    this.#terminal.progress(`${frames[this.#frame]} ${this.#label} ${elapsed}`);
  }
}
