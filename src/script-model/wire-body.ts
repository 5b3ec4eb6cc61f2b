import { z } from "zod";

import { StigmerError } from "../contract/errors.ts";
import type { ScriptToolCall } from "./script-request.ts";

/** A text, or parts of which only those with a text are kept. */
export const contentText = z
  .union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))])
  .nullish()
  .transform((content) => (typeof content === "string" ? content : joinTexts(content ?? [])));

function joinTexts(parts: readonly { readonly text?: string | undefined }[]): string {
  return parts.flatMap(({ text }) => (text === undefined ? [] : [text])).join("\n");
}

/** @throws StigmerError `invalid-argument` naming the first field that is wrong. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? issue.path.join(".") : "body";
  throw new StigmerError("invalid-argument", `${where}: ${issue?.message ?? "invalid"}`);
}

/** The arguments as a value, for wires that do not carry text; broken ones stay the text. */
export function argumentsValue(call: ScriptToolCall): unknown {
  try {
    return JSON.parse(call.arguments);
  } catch {
    return call.arguments;
  }
}

/** The call a chunk belongs to. */
export function callOf(
  plan: { readonly toolCalls: readonly ScriptToolCall[] },
  chunk: { readonly call: number },
): ScriptToolCall {
  const call = plan.toolCalls[chunk.call];
  if (call) return call;
  throw new StigmerError("internal", `The plan has no tool call ${chunk.call}.`);
}
