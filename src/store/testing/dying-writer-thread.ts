/** A writer's thread that dies when it is asked to write for the second time, without an answer. */
import { Writer } from "../writer.ts";
import type { WriterAnswer, WriterRequest } from "../writer-protocol.ts";

declare const self: Worker;

const writer = new Writer((answer: WriterAnswer) => self.postMessage(answer));
let groups = 0;
self.addEventListener("message", (event: MessageEvent<WriterRequest>) => {
  if (event.data.kind === "commit") groups += 1;
  if (groups === 2) throw new Error("the writer dies");
  writer.receive(event.data);
});
