/** Where a text stops being JSON, and why. */
export interface JsonMistake {
  readonly offset: number;
  readonly message: string;
}

/** The first thing in a text that JSON (RFC 8259) does not allow; undefined for what is JSON. */
export function jsonMistake(text: string): JsonMistake | undefined {
  // A file that says nothing says nothing wrong; a byte order mark is no part of it.
  const start = text.startsWith("\ufeff") ? 1 : 0;
  const content = text.slice(start);
  if (content.trim() === "" || isJson(content)) return undefined;
  const { offset, message } = new JsonScan(content).mistake();
  return { offset: offset + start, message };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const token =
  /(?<space>[ \t\r\n]+)|(?<mark>[{}[\]:,])|(?<value>"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w))/y;

type Expected = "value" | "value or ]" | "name" | "name or }" | ":" | ", or ]" | ", or }" | "end";

const spoken: Readonly<Record<Expected, string>> = {
  value: "a value",
  "value or ]": 'a value or "]"',
  name: "a name in double quotes",
  "name or }": 'a name in double quotes or "}"',
  ":": '":"',
  ", or ]": '"," or "]"',
  ", or }": '"," or "}"',
  end: "the end of the file",
};

/** Walks over the tokens of a text that is no JSON until one is out of place. */
class JsonScan {
  readonly #text: string;
  readonly #open: ("{" | "[")[] = [];
  #expected: Expected = "value";

  constructor(text: string) {
    this.#text = text;
  }

  mistake(): JsonMistake {
    let offset = 0;
    for (;;) {
      token.lastIndex = offset;
      const found = token.exec(this.#text);
      const { space, mark, value } = found?.groups ?? {};
      if (!found || !(space !== undefined || this.#takes(mark, value))) break;
      offset += found[0].length;
    }
    const rest = this.#text.slice(offset);
    const [shown = ""] = /^(?:[\w.+-]+|.)/u.exec(rest) ?? [];
    const there = rest === "" ? "ends here" : `has ${JSON.stringify(shown)} here`;
    return { offset, message: `is no JSON: it ${there} instead of ${spoken[this.#expected]}` };
  }

  #takes(mark: string | undefined, value: string | undefined): boolean {
    const expected = this.#expected;
    if (mark === "}" || mark === "]") return this.#closes(mark);
    if (mark === ":") return expected === ":" && this.#expect("value");
    if (mark === ",") {
      if (expected === ", or }") return this.#expect("name");
      return expected === ", or ]" && this.#expect("value");
    }
    if (expected === "name" || expected === "name or }") {
      return value?.startsWith('"') === true && this.#expect(":");
    }
    if (expected !== "value" && expected !== "value or ]") return false;
    if (mark === "{" || mark === "[") {
      this.#open.push(mark);
      return this.#expect(mark === "{" ? "name or }" : "value or ]");
    }
    return this.#afterValue();
  }

  #closes(mark: "}" | "]"): boolean {
    const fits =
      mark === "}"
        ? this.#expected === "name or }" || this.#expected === ", or }"
        : this.#expected === "value or ]" || this.#expected === ", or ]";
    if (!fits) return false;
    this.#open.pop();
    return this.#afterValue();
  }

  #afterValue(): true {
    const around = this.#open.at(-1);
    if (around === undefined) return this.#expect("end");
    return this.#expect(around === "{" ? ", or }" : ", or ]");
  }

  #expect(next: Expected): true {
    this.#expected = next;
    return true;
  }
}
