import type { Wire } from "./wire.ts";
import { anthropicWire } from "./wire-anthropic.ts";
import { googleWire } from "./wire-google.ts";
import { ollamaWire } from "./wire-ollama.ts";
import { openaiWire } from "./wire-openai.ts";

/** The wires a script server speaks. The first whose route matches takes the request. */
export const wires: readonly Wire[] = [anthropicWire, openaiWire, ollamaWire, googleWire];
