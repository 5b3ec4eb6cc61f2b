import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { TextStyle } from "./output.ts";

const steps = [
  { unit: "d", seconds: 86_400 },
  { unit: "h", seconds: 3_600 },
  { unit: "m", seconds: 60 },
] as const;

/** How long ago: `12s ago`, `3h ago`. Empty without a time. */
export function ageText(time: Timestamp | undefined, style: TextStyle): string {
  if (!time) return "";
  const seconds = Math.max(0, (style.now.getTime() - timestampDate(time).getTime()) / 1_000);
  const step = steps.find((candidate) => seconds >= candidate.seconds);
  return step
    ? `${Math.floor(seconds / step.seconds)}${step.unit} ago`
    : `${Math.floor(seconds)}s ago`;
}

/** How far off: `in 12s`, `in 3h`; `now` for what is due. Empty without a time. */
export function comingText(time: Timestamp | undefined, style: TextStyle): string {
  if (!time) return "";
  const seconds = (timestampDate(time).getTime() - style.now.getTime()) / 1_000;
  if (seconds <= 0) return "now";
  const step = steps.find((candidate) => seconds >= candidate.seconds);
  return step
    ? `in ${Math.floor(seconds / step.seconds)}${step.unit}`
    : `in ${Math.ceil(seconds)}s`;
}

/** RFC 3339 in UTC, to the second. Empty without a time. */
export function timeText(time: Timestamp | undefined): string {
  return time
    ? timestampDate(time)
        .toISOString()
        .replace(/\.\d+Z$/, "Z")
    : "";
}

/** From one time to another, or to now: `850ms`, `3.2s`, `2m05s`. */
export function spanText(
  from: Timestamp | undefined,
  to: Timestamp | undefined,
  style: TextStyle,
): string {
  if (!from) return "";
  const end = to ? timestampDate(to) : style.now;
  return elapsedText(end.getTime() - timestampDate(from).getTime());
}

export function elapsedText(elapsedMs: number): string {
  const ms = Math.max(0, elapsedMs);
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}s`;
  const seconds = Math.floor(ms / 1_000);
  const rest = String(seconds % 60).padStart(2, "0");
  return seconds < 3_600
    ? `${Math.floor(seconds / 60)}m${rest}s`
    : `${Math.floor(seconds / 3_600)}h${String(Math.floor((seconds % 3_600) / 60)).padStart(2, "0")}m`;
}
