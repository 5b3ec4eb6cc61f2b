/** Something that a definition says and that is wrong, or suspicious. */
export interface Finding {
  readonly severity: "error" | "warning";
  /** JSON pointer into the document (RFC 6901): `/do/0/ask/call`. */
  readonly pointer: string;
  /** Which rule it breaks: `unknown-property`, `required`, `type`, `expression`, `flow`, … */
  readonly rule: string;
  /** What is wrong, with the value. */
  readonly message: string;
}

/** A member of a JSON pointer, escaped. */
export function pointerTo(parent: string, member: string | number): string {
  return `${parent}/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
