import { parseArgs } from "node:util";

/** The value of `--NAME`, among whatever else the command line has. */
export function numberOption(name: string, otherwise: number): number {
  const { values } = parseArgs({ options: { [name]: { type: "string" } }, strict: false });
  const text = values[name];
  return typeof text === "string" ? Number(text) : otherwise;
}
