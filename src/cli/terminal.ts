import type { StigmerError } from "../contract/errors.ts";
import type { CallerEnvironment } from "../system/environment.ts";
import { bold, dim, yellow } from "./output/colour.ts";
import { cutToWidth, withoutControls } from "./output/display-width.ts";
import type { TextStyle } from "./output/output.ts";
import { outputFailure } from "./output/output-failure.ts";
import { renderError, renderErrorJson, type ReportedError } from "./output/render-error.ts";
import type { Preferences } from "./preferences.ts";

/** A standard stream, which is a terminal or something else. */
interface MaybeTerminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type InputStream = NodeJS.ReadableStream & MaybeTerminal;
type OutputStream = NodeJS.WritableStream & MaybeTerminal;

export interface TerminalStreams {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
}

/** An execution that a command does not follow to its end. */
interface StoppedExecution {
  readonly code: "still-running" | "deadline-exceeded" | "cancelled";
  readonly message: string;
  readonly hint?: string | undefined;
  readonly executionId: string;
}

const clearLine = "\r\u001b[K";

/**
 * The only code that prints. Data goes to stdout and nothing else does; notices, warnings, errors,
 * progress and prompts go to stderr.
 */
export class Terminal {
  readonly stdin: InputStream;
  readonly #stdout: OutputStream;
  readonly #stderr: OutputStream;
  readonly #preferences: Preferences;
  readonly #environment: CallerEnvironment;
  readonly #closed = new AbortController();
  #failure: StigmerError | undefined;
  #progressShown = false;
  /** Whether the last character on the screen ended a line, so that notices start on a new one. */
  #atLineStart = true;

  constructor(streams: TerminalStreams, preferences: Preferences, environment: CallerEnvironment) {
    this.stdin = streams.stdin;
    this.#stdout = streams.stdout;
    this.#stderr = streams.stderr;
    this.#preferences = preferences;
    this.#environment = environment;
    this.#stdout.on("error", (thrown) => this.#lose(thrown));
    this.#stderr.on("error", () => this.#closed.abort());
  }

  /** Aborted when our output cannot be written any more: whoever read it has gone, or a disk is full. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Why data was lost; undefined where it was not, and where its reader left. */
  get failure(): StigmerError | undefined {
    return this.#failure;
  }

  /** Where line editing shows what is typed. */
  get promptStream(): OutputStream {
    return this.#stderr;
  }

  get stdoutIsTerminal(): boolean {
    return this.#stdout.isTTY === true;
  }

  get stdinIsTerminal(): boolean {
    return this.stdin.isTTY === true;
  }

  /** Whether a line on stderr can be rewritten. */
  get isLive(): boolean {
    return this.#stderr.isTTY === true && !this.#environment.dumbTerminal;
  }

  /** Whether somebody may be watching. */
  get isWatched(): boolean {
    return this.#stderr.isTTY === true;
  }

  /** Whether somebody is there who can read a question and answer it. */
  get canAsk(): boolean {
    const { format, noInput } = this.#preferences;
    return this.stdinIsTerminal && this.#stderr.isTTY === true && !noInput && !isJson(format);
  }

  /** For data on stdout. */
  get style(): TextStyle {
    return this.#styleOf(this.#stdout);
  }

  /** For notices on stderr. */
  get noticeStyle(): TextStyle {
    return this.#styleOf(this.#stderr);
  }

  /** Prints data, as it is. Resolves when the reader took it or has gone. */
  async data(text: string): Promise<void> {
    if (text === "" || this.closed.aborted) return;
    this.#clearProgress();
    if (this.stdoutIsTerminal) this.#atLineStart = text.endsWith("\n");
    await this.#writeData(text);
  }

  /** What the user may want to know; silent with `--quiet`. */
  notice(text: string): void {
    if (this.#preferences.quiet) return;
    this.#line(dim(this.#plain(text), this.noticeStyle));
  }

  /** A notice that shall be seen: not dimmed. */
  say(text: string): void {
    if (!this.#preferences.quiet) this.#line(this.#plain(text));
  }

  warn(text: string): void {
    this.#line(`${yellow(bold("warning:", this.noticeStyle), this.noticeStyle)} ${text}`);
  }

  error(error: ReportedError): void {
    const text = isJson(this.#preferences.format)
      ? renderErrorJson(error)
      : renderError(error, this.noticeStyle);
    this.#line(text.trimEnd());
  }

  /**
   * Why a command left before the execution that it followed had ended: a line and a hint for people,
   * who may have asked for that; where JSON was asked for, an error.
   */
  stopped({ executionId, ...error }: StoppedExecution): void {
    if (isJson(this.#preferences.format)) {
      const detail = { field: "execution", rule: error.code, message: executionId };
      return this.error({ ...error, violations: [detail] });
    }
    this.say(error.message);
    if (error.hint !== undefined) this.say(`hint: ${error.hint}`);
  }

  /** A line that the next one takes the place of. Shown on a live terminal only. */
  progress(text: string): void {
    if (!this.isLive || this.#preferences.quiet || !this.#atLineStart) return;
    const line = cutToWidth(withoutControls(text), (this.#stderr.columns ?? 80) - 1);
    this.#stderr.write(`${clearLine}${dim(line, this.noticeStyle)}`);
    this.#progressShown = true;
  }

  clearProgress(): void {
    this.#clearProgress();
  }

  /** A question, without a line break. */
  ask(question: string): void {
    this.#clearProgress();
    this.#stderr.write(question);
  }

  /** Waits until everything printed has left, or nobody reads it any more. */
  async flush(): Promise<void> {
    this.#clearProgress();
    await Promise.all([
      this.#writeData(""),
      // Of its own: what is said about a stdout that failed has to leave too.
      new Promise<void>((resolve) => this.#stderr.write("", () => resolve())),
    ]);
  }

  #line(text: string): void {
    this.#clearProgress();
    const lineBreak = this.#atLineStart ? "" : "\n";
    this.#atLineStart = true;
    this.#stderr.write(`${lineBreak}${text}\n`);
  }

  #plain(text: string): string {
    return this.#stderr.isTTY === true ? withoutControls(text) : text;
  }

  #clearProgress(): void {
    if (!this.#progressShown) return;
    this.#stderr.write(clearLine);
    this.#progressShown = false;
  }

  #writeData(text: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.closed.aborted) return resolve();
      this.closed.addEventListener("abort", () => resolve(), { once: true });
      this.#stdout.write(text, (thrown) => {
        if (thrown) this.#lose(thrown);
        resolve();
      });
    });
  }

  #lose(thrown: Error): void {
    if (!this.closed.aborted) this.#failure = outputFailure(thrown);
    this.#closed.abort();
  }

  #styleOf(stream: OutputStream): TextStyle {
    const terminal = stream.isTTY === true;
    return {
      colour: this.#wantsColour(terminal),
      width: terminal ? stream.columns : undefined,
      terminal,
      now: new Date(),
    };
  }

  /** `--color` first, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether it is a terminal. */
  #wantsColour(terminal: boolean): boolean {
    const { color } = this.#preferences;
    if (color !== "auto") return color === "always";
    const { noColor, forceColor, dumbTerminal } = this.#environment;
    if (noColor) return false;
    return forceColor || (terminal && !dumbTerminal);
  }
}

function isJson(format: Preferences["format"]): boolean {
  return format === "json" || format === "jsonl";
}
