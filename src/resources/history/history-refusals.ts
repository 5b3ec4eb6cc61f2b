import { StigmerError } from "../../contract/errors.ts";

export function noHistory(why: string): StigmerError {
  return new StigmerError("invalid-argument", `this is no history: ${why}`, {
    hint: "stigmer export --all --include-history FILE.tar.zst writes one",
  });
}

export function cutOff(): StigmerError {
  return new StigmerError("data-loss", "the history is cut off", {
    hint: "copy the whole file, then import it again: what is there already is skipped",
  });
}
