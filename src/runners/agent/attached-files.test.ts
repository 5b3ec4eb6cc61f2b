import { expect, test } from "bun:test";
import type { ModelCall, ModelCaller } from "./agent-run.ts";
import { withAttachedFiles } from "./attached-files.ts";
import type { AttachmentPart, ConversationMessage } from "./models/conversation.ts";
import { answerOf } from "./testing/agent-trial.ts";

const attachment = (name: string, mediaType: string): AttachmentPart => ({
  kind: "attachment",
  name,
  sha256: name,
  mediaType,
  size: 3,
});

test("a call has the contents of files in the place of their references, read once", async () => {
  const loaded: string[] = [];
  const sent: ConversationMessage[][] = [];
  const inner: ModelCaller = (call) => {
    sent.push([...call.messages]);
    return Promise.resolve(answerOf([]));
  };
  const call = withAttachedFiles(inner, (sha256) => {
    loaded.push(sha256);
    return Promise.resolve(Buffer.from("abc"));
  });
  const files = [
    attachment("a.md", "text/plain"),
    attachment("b.png", "image/png"),
    attachment("c.pdf", "application/pdf"),
  ];
  const request = { messages: [{ role: "user", parts: files }] } as unknown as ModelCall;
  await call(request, () => undefined);
  await call(request, () => undefined);
  expect(sent[0]).toEqual([
    {
      role: "user",
      parts: [
        { kind: "text", text: '<file name="a.md">\nabc\n</file>\n' },
        { kind: "image", base64: "YWJj", mediaType: "image/png", name: "b.png" },
        { kind: "file", base64: "YWJj", mediaType: "application/pdf", name: "c.pdf" },
      ],
    },
  ]);
  expect(sent[1]).toEqual(sent[0]);
  expect(loaded).toEqual(["a.md", "b.png", "c.pdf"]);
});

test("a file that could not be read is read again by the next attempt", async () => {
  let attempts = 0;
  const call = withAttachedFiles(
    () => Promise.resolve(answerOf([])),
    () => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new Error("gone")) : Promise.resolve(Buffer.from("a"));
    },
  );
  const parts = [attachment("a", "text/plain")];
  const request = { messages: [{ role: "user", parts }] } as unknown as ModelCall;
  const failed = await call(request, () => undefined).catch((thrown: Error) => thrown.message);
  expect(failed).toBe("gone");
  expect(await call(request, () => undefined)).toBeDefined();
});
