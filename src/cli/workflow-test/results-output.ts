import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { stringify } from "yaml";
import { dim, green, red } from "../output/colour.ts";
import { displayWidth, padToWidth } from "../output/display-width.ts";
import type { Output, TextStyle } from "../output/output.ts";
import { unifiedDiff } from "../output/unified-diff.ts";
import type { CaseResult } from "./case-result.ts";
import { isoDuration } from "./iso-duration.ts";
import type { Problem } from "./problem.ts";

/** The cases, below the files that they are of; below one that failed, why. */
export function resultsOutput(results: readonly CaseResult[]): Output {
  const documents = (): JsonObject[] => results.map(resultDocument);
  return {
    json: () => ({ items: documents() }),
    jsonLines: documents,
    names: () => results.map(({ file, name }) => `${file}: ${name}`),
    text: (style) => {
      const files = [...new Set(results.map(({ file }) => file))];
      return files
        .map((file) =>
          fileText(
            file,
            results.filter((result) => result.file === file),
            style,
          ),
        )
        .join("\n");
    },
  };
}

function resultDocument({ file, name, tookMs, problems, killPoints }: CaseResult): JsonObject {
  return {
    file,
    case: name,
    result: problems.length === 0 ? "passed" : "failed",
    took: isoDuration(tookMs),
    ...(killPoints ? { killPoints: killPoints.points, unknownOutcomes: killPoints.unknown } : {}),
    problems: problems.map(({ what, message, compared }) => ({
      what,
      message,
      ...(compared as JsonObject | undefined),
    })),
  };
}

function fileText(file: string, results: readonly CaseResult[], style: TextStyle): string {
  const width = Math.max(...results.map(({ name }) => displayWidth(name)));
  return `${file}\n${results.map((result) => caseText(result, width, style)).join("")}`;
}

function caseText(result: CaseResult, width: number, style: TextStyle): string {
  const { name, tookMs, problems, killPoints } = result;
  const state = problems.length === 0 ? green("passed", style) : red("failed", style);
  const points = killPoints ? `, lost at ${killPoints.points} points` : "";
  const took = dim(`${isoDuration(tookMs)}${points}`, style);
  const head = `  ${state}  ${padToWidth(name, width)}  ${took}\n`;
  return head + problems.map((problem) => problemText(problem, style)).join("");
}

function problemText({ what, message, compared }: Problem, style: TextStyle): string {
  const diff = compared ? `\n${diffText(compared, style)}` : "";
  return `${`${what}: ${message}${diff}`.trimEnd().replaceAll(/^(?=.)/gm, "    ")}\n`;
}

function diffText(
  { expected, actual }: NonNullable<Problem["compared"]>,
  style: TextStyle,
): string {
  const names = { oldName: "expected", newName: "actual" };
  const [old, next] = [written(expected as JsonValue), written(actual as JsonValue)];
  return unifiedDiff({ ...names, old, next }, style);
}

function written(value: JsonValue): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
