import type { JsonValue } from "@bufbuild/protobuf";
import type { Output } from "../output/output.ts";
import type { CheckedFile, LocatedFinding } from "./check-definitions.ts";

/** Files and what was found in them: a line a finding, as compilers and editors know it. */
export function checkedOutput(files: readonly CheckedFile[]): Output {
  const documents = files.map(documentOf);
  return {
    json: () => ({ items: documents }),
    jsonLines: () => documents,
    names: () => files.map(({ file }) => file),
    text: () => files.map(textOf).join(""),
  };
}

export function hasErrors({ findings }: CheckedFile): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** `FILE:LINE:COLUMN: POINTER: what` */
function findingText(file: string, finding: LocatedFinding): string {
  const { line, column, pointer, message, severity } = finding;
  const label = severity === "warning" ? "warning: " : "";
  const at = pointer === "" ? "" : `${pointer}: `;
  return `${file}:${line}:${column}: ${label}${at}${message}`;
}

function textOf(checked: CheckedFile): string {
  const { file, findings, workflows } = checked;
  const lines = findings.map((finding) => `${findingText(file, finding)}\n`).join("");
  if (hasErrors(checked)) return lines;
  const count = workflows === 1 ? "" : `, ${workflows} workflows`;
  return `${lines}${file}: valid${count}\n`;
}

function documentOf({ file, workflows, findings }: CheckedFile): JsonValue {
  const found = findings.map(({ severity, line, column, pointer, rule, message }) => ({
    severity,
    line,
    column,
    pointer,
    rule,
    message,
  }));
  return { file, workflows, findings: found };
}
