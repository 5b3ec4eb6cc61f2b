import type { Json } from "../../../contract/json.ts";

/** Shorter ones are in too many other words to be taken out of them. */
const shortestSecret = 4;
const replacement = "[secret]";

/** The secret values that a call can see, to be taken out of what it gives to others. */
export class KnownSecrets {
  /** The longest first: one may hold another. */
  #forms: readonly string[] = [];

  /** Remembers every text in a value, and the forms in which a request may carry it. */
  add(value: Json | undefined): void {
    const forms = textsIn(value ?? null)
      .filter((text) => text.length >= shortestSecret)
      .flatMap(formsOf);
    const all = new Set([...this.#forms, ...forms]);
    this.#forms = [...all].toSorted((one, other) => other.length - one.length);
  }

  /** The same value with every known secret replaced; names of members too. */
  redact<T extends Json>(value: T): T {
    return this.#forms.length === 0
      ? value
      : (mapTexts(value, (text) => this.#withoutWhole(text)) as T);
  }

  /** {@link redact} for messages, which may have been cut (`…`, `...`, their end) inside a secret. */
  redactMessages<T extends Json>(value: T): T {
    return mapTexts(value, (text) => this.#withoutStarts(this.#withoutWhole(text))) as T;
  }

  #withoutWhole(text: string): string {
    return this.#forms.reduce((rest, form) => rest.replaceAll(form, replacement), text);
  }

  #withoutStarts(text: string): string {
    return text
      .split(/(\.\.\.|…|$)/)
      .map((part) => this.#withoutStart(part))
      .join("");
  }

  #withoutStart(text: string): string {
    for (const form of this.#forms) {
      for (let length = form.length - 1; length >= shortestSecret; length--) {
        const start = form.slice(0, length);
        if (text.endsWith(start)) return `${text.slice(0, -length)}${replacement}`;
      }
    }
    return text;
  }
}

function textsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function formsOf(text: string): string[] {
  const base64 = Buffer.from(text, "utf8").toString("base64").replace(/=+$/, "");
  const url = encodeURIComponent(text.toWellFormed());
  const urlSafe = base64.replaceAll("+", "-").replaceAll("/", "_");
  const json = JSON.stringify(text).slice(1, -1);
  return [text, json, url, url.replaceAll("%20", "+"), base64, urlSafe];
}

function mapTexts(value: Json, change: (text: string) => string): Json {
  if (typeof value === "string") return change(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => mapTexts(item, change));
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [change(name), mapTexts(part, change)]),
  );
}
