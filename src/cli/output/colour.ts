type Styled = { readonly colour: boolean };

export function bold(text: string, style: Styled): string {
  return paint(text, "1", "22", style);
}

export function dim(text: string, style: Styled): string {
  return paint(text, "2", "22", style);
}

export function red(text: string, style: Styled): string {
  return paint(text, "31", "39", style);
}

export function green(text: string, style: Styled): string {
  return paint(text, "32", "39", style);
}

export function yellow(text: string, style: Styled): string {
  return paint(text, "33", "39", style);
}

export function cyan(text: string, style: Styled): string {
  return paint(text, "36", "39", style);
}

function paint(text: string, on: string, off: string, style: Styled): string {
  return style.colour && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}
