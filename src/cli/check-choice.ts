import { StigmerError } from "../contract/errors.ts";
import { nearestName } from "../contract/nearest-name.ts";

/** @throws StigmerError `usage` with the nearest one when the text is none of the choices. */
export function checkChoice(
  name: string,
  text: string,
  choices: readonly string[] | undefined,
): void {
  if (!choices || choices.includes(text)) return;
  const nearest = nearestName(text, choices);
  const known = `One of: ${choices.join(", ")}`;
  throw new StigmerError("usage", `${name} cannot be "${text}".`, {
    hint: nearest === undefined ? known : `Did you mean "${nearest}"? ${known}`,
  });
}
