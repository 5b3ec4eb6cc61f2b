/** Entry of the writer's thread; also an entry point of the compiled binary (`writer-location.ts`). */
import { Writer } from "./writer.ts";
import type { WriterAnswer, WriterRequest } from "./writer-protocol.ts";

declare const self: Worker;

const writer = new Writer((answer: WriterAnswer) => self.postMessage(answer));
self.addEventListener("message", (event: MessageEvent<WriterRequest>) => {
  writer.receive(event.data);
});
