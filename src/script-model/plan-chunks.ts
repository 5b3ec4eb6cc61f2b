import type { PlanChunk, TurnPlan } from "./turn-plan.ts";

const defaultSize = 20;

/** Cuts an answer into pieces of `size` characters; a character is never cut in two. */
export function planChunks(
  answer: Pick<TurnPlan, "think" | "text" | "toolCalls">,
  size: number = defaultSize,
): PlanChunk[] {
  return [
    ...pieces(answer.think, size).map((text) => ({ kind: "think", text }) as const),
    ...pieces(answer.text, size).map((text) => ({ kind: "text", text }) as const),
    ...answer.toolCalls.flatMap((call, index) => callChunks(call.arguments, index, size)),
  ];
}

function callChunks(args: string, call: number, size: number): PlanChunk[] {
  const parts = pieces(args, size);
  if (parts.length === 0) parts.push("");
  return parts.map((piece, index) => ({
    kind: "tool",
    call,
    piece,
    first: index === 0,
    last: index === parts.length - 1,
  }));
}

function pieces(text: string, size: number): string[] {
  const characters = Array.from(text);
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(""),
  );
}
