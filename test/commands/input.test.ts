import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { CommandHome } from "../support/command-home.ts";
import { commandLine } from "../support/command-line.ts";
import { expectRefusal } from "../support/expect-refusal.ts";

setDefaultTimeout(60_000);

const unread = "warning: stdin holds data that is not read";

describe("stdin", () => {
  let home: CommandHome;
  beforeAll(async () => {
    home = CommandHome.open({ config: "model.default: script/echo\n" });
    await home.output(["agent", "create", "echo", "-i", "Repeat."]);
  });
  afterAll(() => home[Symbol.asyncDispose]());

  test("that is an open pipe holds up no command that was not told to read it", async () => {
    const lines = [
      ["agent", "list"],
      ["agent", "execute", "echo", "hello"],
      ["execution", "list"],
      ["config", "list"],
      ["local", "status"],
    ];
    const ends = await Promise.all(lines.map((args) => home.run(args, { openStdin: true })));
    for (const end of ends) {
      expect(end.exitCode).toBe(0);
      expect(end.stderr).not.toContain(unread);
      expect(end.tookMs).toBeLessThan(10_000);
    }
  });

  test("is appended to the message by a trailing -", async () => {
    const stdin = "line one\nline two\n";
    expect(await home.output(["agent", "execute", "echo", "review", "-"], { stdin })).toBe(
      "review\n\nline one\nline two\n",
    );
    expect(await home.output(["agent", "execute", "echo", "-"], { stdin })).toBe(
      "line one\nline two\n",
    );
  });

  test("that nobody asked for is warned about and left alone", async () => {
    const script = `${commandLine.join(" ")} agent execute echo hello; cat`;
    // When the first line is read, the rest waits in the pipe.
    const pipe = `printf 'for read\\nfor cat' | { read -r line; ${script}; }`;
    const end = await home.startProgram(["sh", "-c", pipe]).end();
    expect(end.stderr).toContain(unread);
    expect(end.stdout).toBe("hello\nfor cat");
  });

  test("is not taken for the answer to a question", async () => {
    expectRefusal(await home.run(["model", "login", "openai"], { stdin: "sk-1\n" }), {
      exitCode: 2,
      error: "Input is needed, and there is nobody to ask",
      hint: "--from-env NAME, --from-file FILE or -",
    });
    expectRefusal(await home.run(["session", "chat", "echo"], { stdin: "hello\n" }), {
      exitCode: 2,
      error: "A chat needs a terminal",
      hint: "A trailing - reads messages from stdin",
    });
  });

  test("brings a chat a message a line, in one session", async () => {
    const end = await home.run(["session", "chat", "echo", "-"], { stdin: "one\n\ntwo\n" });
    expect(end).toMatchObject({ exitCode: 0, stdout: "one\ntwo\n" });
    const { messages } = await home.json(["session", "get", "@last"]);
    const said = messages.flatMap(({ parts }: { parts: { text: string }[] }) =>
      parts.map(({ text }) => text),
    );
    expect(said).toEqual(["one", "one", "two", "two"]);
    const more = await home.run(["session", "chat", "@last", "-"], { stdin: "three" });
    expect(more).toMatchObject({ exitCode: 0, stdout: "three\n" });
    expect((await home.json(["session", "get", "@last"])).messages).toHaveLength(6);
  });

  test("brings instructions, arguments of tools and requests where - is written", async () => {
    await home.output(["agent", "create", "piped", "-i", "-"], { stdin: "From a pipe." });
    const request = { stdin: '{"value":"piped"}' };
    const found = await home.json(["api", "AgentQueryController/get", "-d", "-"], request);
    expect(found.spec.instructions).toBe("From a pipe.");
  });

  test("--trust is accepted where consent will be asked for", async () => {
    const add = ["mcp", "add", "trusted", "--trust", "--", "true"];
    expect(await home.run(add)).toMatchObject({ exitCode: 0 });
    const execute = ["agent", "execute", "echo", "hello", "--trust"];
    expect(await home.run(execute)).toMatchObject({ exitCode: 0, stdout: "hello\n" });
  });
});
