/** What of a message has to be printed next. */
export interface TextPiece {
  readonly text: string;
  /** What was printed of this message before is void: the model began again, differently. */
  readonly restarted: boolean;
}

const nothing: TextPiece = { text: "", restarted: false };

/** A piece of a message as the daemon sends it. Offsets count UTF-16 code units. */
export interface Delta {
  readonly messageId: string;
  readonly attempt: number;
  readonly offset: number;
  readonly text: string;
}

/**
 * Puts the pieces of messages together so that nothing is printed twice, however often the
 * connection breaks or the model starts again: a new attempt that says the same goes on where the
 * printed text ended.
 */
export class AnswerText {
  #messageId = "";
  #attempt = 0;
  /** The text of this attempt as far as it came without a gap. */
  #received = "";
  #printed = "";
  /** Line break that the next text of this message starts with. */
  #separator = "";

  delta(delta: Delta): TextPiece {
    this.#enter(delta.messageId);
    if (delta.attempt < this.#attempt) return nothing;
    if (delta.attempt > this.#attempt) {
      this.#attempt = delta.attempt;
      this.#received = "";
    }
    // After a gap nothing is printed until the finished message brings all of it.
    if (delta.offset > this.#received.length) return nothing;
    const end = delta.offset + delta.text.length;
    if (end > this.#received.length) {
      this.#received = this.#received.slice(0, delta.offset) + delta.text;
    }
    return this.#print(this.#received);
  }

  /** A finished message with its whole text. */
  message(messageId: string, text: string): TextPiece {
    if (text === "") return nothing;
    this.#enter(messageId);
    return this.#print(text);
  }

  /** What ends the last line. */
  end(): string {
    const last = this.#printed === "" ? this.#separator : "";
    return last !== "" || (this.#printed !== "" && !this.#printed.endsWith("\n")) ? "\n" : "";
  }

  /** Another message is separated from the one before by a line break, when it has a text. */
  #enter(messageId: string): void {
    if (messageId === this.#messageId) return;
    this.#separator = this.end();
    this.#messageId = messageId;
    this.#attempt = 0;
    this.#received = "";
    this.#printed = "";
  }

  #print(text: string): TextPiece {
    if (this.#printed.startsWith(text)) return nothing;
    const restarted = !text.startsWith(this.#printed);
    const before = restarted ? this.end() : this.#separator;
    const next = restarted ? text : text.slice(this.#printed.length);
    this.#separator = "";
    this.#printed = text;
    return { text: before + next, restarted };
  }
}
