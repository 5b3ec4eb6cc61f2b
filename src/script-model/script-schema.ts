import { z } from "zod";

import { parseCondition } from "./turn-condition.ts";
import { misusedPlaceholder } from "./script-template.ts";
import { finishReasons } from "./turn-plan.ts";

/*
 * The format of a script file. What each field means to a reader stands in `script-file.ts`.
 * Objects are strict: an unknown key is an error.
 */

const count = z.number().int().min(0);
const milliseconds = z.number().min(0).max(86_400_000);
const times = z.union([z.number().int().min(1), z.literal("always")]);

const template = z.string().superRefine((text, check) => {
  const message = misusedPlaceholder(text);
  if (message !== undefined) check.addIssue({ code: "custom", message });
});

const templateArguments = z.record(z.string(), z.json()).superRefine((args, check) => {
  for (const { text, path } of stringsIn(args)) {
    const message = misusedPlaceholder(text);
    if (message !== undefined) check.addIssue({ code: "custom", message, path });
  }
});

const condition = z.string().transform((text, check) => {
  const parsed = parseCondition(text);
  if (typeof parsed !== "string") return parsed;
  check.addIssue({ code: "custom", message: parsed });
  return z.NEVER;
});

const failureText = {
  type: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
};

const usage = z
  .strictObject({
    input: count,
    output: count,
    cacheRead: count,
    cacheWrite: count,
    reasoning: count,
  })
  .partial();

const turn = z
  .strictObject({
    think: template,
    text: template,
    tools: z.array(z.strictObject({ name: z.string().min(1), args: templateArguments.optional() })),
    malformedArgs: z.string(),
    usage,
    finish: z.enum(finishReasons),
    chunk: z.number().int().min(1),
    delayMs: milliseconds,
    firstDelayMs: milliseconds,
    fail: z.strictObject({
      times: times.optional(),
      status: z.number().int().min(400).max(599),
      retryAfter: z.number().min(0).optional(),
      ...failureText,
    }),
    midError: z.strictObject({ after: count.optional(), ...failureText }),
    cutAfter: count,
    eofAfter: count,
    hang: z.literal(true),
    faultTimes: times,
    when: z.strictObject({ user: condition, toolResult: condition, system: condition }).partial(),
  })
  .partial()
  .superRefine((value, check) => {
    for (const issue of contradictions(value)) {
      check.addIssue({ code: "custom", message: issue.message, path: [issue.field] });
    }
  });

const script = z.strictObject({ turns: z.array(turn).min(1) });

export const scriptFileSchema = z
  .strictObject({
    turns: script.shape.turns.optional(),
    scripts: z.record(z.string().min(1), script).optional(),
  })
  .superRefine((file, check) => {
    if ((file.turns === undefined) === (file.scripts === undefined)) {
      check.addIssue({ code: "custom", message: "Write either turns or scripts." });
    }
  });

/** One turn as written in a script file, checked. */
export type ScriptTurn = z.infer<typeof turn>;
export type ScriptFile = z.infer<typeof scriptFileSchema>;

const streamFaults = ["midError", "cutAfter", "eofAfter", "hang"] as const;

function* contradictions(
  value: z.infer<typeof turn>,
): Generator<{ field: string; message: string }> {
  const faults = streamFaults.filter((name) => value[name] !== undefined);
  for (const extra of faults.slice(1)) {
    yield { field: extra, message: `A turn has one of ${streamFaults.join(", ")}.` };
  }
  if (value.faultTimes !== undefined && faults.length === 0) {
    yield { field: "faultTimes", message: `faultTimes needs one of ${streamFaults.join(", ")}.` };
  }
  if (value.malformedArgs !== undefined && !value.tools?.length) {
    yield { field: "malformedArgs", message: "malformedArgs needs tools." };
  }
  const { input, output, cacheRead = 0, cacheWrite = 0, reasoning = 0 } = value.usage ?? {};
  if (input !== undefined && cacheRead + cacheWrite > input) {
    yield {
      field: "usage",
      message: "input counts cached tokens too, so it is at least their sum.",
    };
  }
  if (output !== undefined && reasoning > output) {
    yield { field: "usage", message: "output counts reasoning too, so it is at least as large." };
  }
}

function* stringsIn(
  value: unknown,
  path: (string | number)[] = [],
): Generator<{ text: string; path: (string | number)[] }> {
  if (typeof value === "string") yield { text: value, path };
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* stringsIn(item, [...path, index]);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* stringsIn(item, [...path, key]);
  }
}
