import { StigmerError } from "../../contract/errors.ts";
import { formatByteSize } from "../../system/byte-size.ts";

export function requestTooLarge(maxBytes: number): StigmerError {
  return new StigmerError(
    "resource-exhausted",
    `the message is larger than ${formatByteSize(maxBytes)}`,
    { hint: "send less at a time; what is large belongs into a file that a tool reads" },
  );
}
