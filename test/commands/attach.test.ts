import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { ScriptServer } from "../../src/script-model/server.ts";
import { CommandHome } from "../support/command-home.ts";
import { expectRefusal } from "../support/expect-refusal.ts";
import { configFor, serveModels } from "../support/scripted-model.ts";

setDefaultTimeout(60_000);

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("--attach", () => {
  let server: ScriptServer;
  let home: CommandHome;
  beforeAll(async () => {
    server = serveModels();
    home = CommandHome.open({ config: configFor(server, { "limits.attachmentBytes": "1MB" }) });
    await Bun.write(home.at("notes.md"), "The train leaves at nine.\n");
    // What a file is stands in it, and not in its name.
    await Bun.write(home.at("picture.txt"), png);
    await Bun.write(home.at("report.pdf"), "%PDF-1.7\n");
    await Bun.write(home.at("program"), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]));
    await Bun.write(home.at("large.txt"), "x".repeat(1_100_000));
    const model = ["-m", "openai-compatible/plain"];
    await home.output(["agent", "create", "reader", "-i", "Read.", ...model]);
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** Messages of the newest request, as they came in. */
  function sent(): { role: string; content: unknown }[] {
    return (server.journal.entries.at(-1)!.body as { messages: [] }).messages;
  }

  test("gives text and images to the model, before the message, and names them in the record", async () => {
    const files = ["--attach", "notes.md", "--attach", "picture.txt"];
    await home.output(["agent", "execute", "reader", "When?", ...files]);
    expect(sent()[1]).toEqual({
      role: "user",
      content: [
        { type: "text", text: '<file name="notes.md">\nThe train leaves at nine.\n\n</file>\n' },
        {
          type: "image_url",
          image_url: { url: `data:image/png;base64,${png.toString("base64")}` },
        },
        { type: "text", text: "When?" },
      ],
    });
    const { items } = await home.json(["execution", "list", "--limit", "1"]);
    const [{ metadata, spec }] = items;
    expect(
      spec.attachments.map(({ name, mediaType, size }: Record<string, string>) => [
        name,
        mediaType,
        size,
      ]),
    ).toEqual([
      ["notes.md", "text/plain", "26"],
      ["picture.txt", "image/png", String(png.length)],
    ]);
    const shown = "+ notes.md (text/plain, 26 B)";
    expect(await home.output(["execution", "get", metadata.id])).toContain(shown);
    expect(await home.output(["session", "get", spec.session])).toContain(shown);
  });

  test("stays a part of the conversation, byte for byte", async () => {
    await home.output(["agent", "execute", "reader", "First", "--attach", "picture.txt"]);
    const first = sent();
    await home.output(["agent", "execute", "reader", "Second", "--session", "@last"]);
    expect(sent().slice(0, first.length)).toEqual(first);
    expect(sent().at(-1)).toEqual({ role: "user", content: "Second" });
  });

  test("that the model cannot read fails before anything is sent, naming both", async () => {
    const before = server.journal.toJSON().count;
    const end = await home.run(["agent", "execute", "reader", "Sum up", "--attach", "report.pdf"]);
    expectRefusal(end, {
      exitCode: 1,
      error: "openai-compatible/plain cannot read report.pdf (application/pdf)",
      hint: "--model",
    });
    expect(server.journal.toJSON().count).toBe(before);
  });

  test.each([
    ["a file that is not there", "lost.md", "Cannot read lost.md", "exists"],
    ["a file that is none of those", "program", "program cannot be attached", "PNG, JPEG"],
    ["more than the limit", "large.txt", "1MB are the limit", "limits.attachmentBytes"],
  ])("refuses %s", async (_, file, error, hint) => {
    const end = await home.run(["agent", "execute", "reader", "Read", "--attach", file]);
    expectRefusal(end, { exitCode: 2, error, hint });
  });

  test("refuses more files than a message carries", async () => {
    const files = Array.from({ length: 33 }, () => ["--attach", "notes.md"]).flat();
    const end = await home.run(["agent", "execute", "reader", "Read", ...files]);
    expectRefusal(end, { exitCode: 2, error: "a message carries 32", hint: "fewer" });
  });

  test("of another client is known by its content too, whatever that says", async () => {
    const sha256 = createHash("sha256").update(png).digest("hex");
    const create = [
      "api",
      "ai.stigmer.agentic.agentexecution.v1.AgentExecutionCommandController/create",
    ];
    const attachments = [{ name: "a", sha256, mediaType: "text/plain", size: "1" }];
    const spec = { agent: "reader", message: "Look", attachments };
    const execution = await home.json([...create, "-d", JSON.stringify({ metadata: {}, spec })]);
    expect(execution.spec.attachments[0]).toMatchObject({
      mediaType: "image/png",
      size: String(png.length),
    });
    const lost = { ...spec, attachments: [{ name: "a", sha256: "0".repeat(64) }] };
    const end = await home.run([...create, "-d", JSON.stringify({ metadata: {}, spec: lost })]);
    expectRefusal(end, { exitCode: 1, error: "is not there", hint: "ArtifactController" });
  });
});
