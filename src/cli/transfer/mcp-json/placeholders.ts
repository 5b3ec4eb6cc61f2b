/** `${env:NAME}`, `${NAME}`, `${NAME:-value}`, `${input:id}`, `${anything else}`. */
const placeholder = /\$\{([^}]*)\}/g;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A text whose placeholders are ours, the variables that they name, and what could not be kept. */
export interface Filled {
  readonly text: string;
  readonly variables: readonly string[];
  readonly notes: readonly string[];
}

/** Writes `${NAME}` for the placeholders of other programs. */
export function withOurPlaceholders(text: string, where: string): Filled {
  const variables: string[] = [];
  const notes: string[] = [];
  const filled = text.replaceAll(placeholder, (whole: string, inside: string) => {
    const name = nameOf(inside);
    if (name === undefined) {
      notes.push(`${where}: ${whole} is left as it is, nothing fills it in`);
      return whole;
    }
    if (inside.includes(":-")) notes.push(`${where}: the default of ${name} is left out`);
    variables.push(name);
    return `\${${name}}`;
  });
  return { text: filled, variables, notes };
}

/** Placeholders where nothing is filled in. */
export function unfilledPlaceholders(text: string, where: string): string[] {
  return [...text.matchAll(placeholder)].map(
    ([whole]) => `${where}: ${whole} is left as it is, only env and headers are filled in`,
  );
}

/** Anything as the name of a variable: `api-key` → `API_KEY`. */
export function variableNameOf(text: string): string {
  const name = text.replaceAll(/[^A-Za-z0-9]+/g, "_").toUpperCase();
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

function nameOf(inside: string): string | undefined {
  const input = /^input:(.+)$/.exec(inside)?.[1];
  if (input !== undefined) return variableNameOf(input);
  const name = inside.replace(/^env:/, "").replace(/:-.*$/s, "");
  return variableName.test(name) ? name : undefined;
}
