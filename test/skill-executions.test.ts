import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ToolResult } from "../src/contract/gen/ai/stigmer/commons/execution/v1/tool_result_pb.ts";
import { ArtifactController } from "../src/contract/gen/ai/stigmer/agentic/artifact/v1/command_pb.ts";
import { SkillCommandController } from "../src/contract/gen/ai/stigmer/agentic/skill/v1/command_pb.ts";
import type { SkillFileSchema } from "../src/contract/gen/ai/stigmer/agentic/skill/v1/spec_pb.ts";
import { ApiResourceKind } from "../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { ExecutionPhase } from "../src/contract/gen/ai/stigmer/commons/execution/v1/execution_pb.ts";
import { SystemQueryController } from "../src/contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { kindOf } from "../src/contract/kinds.ts";
import { until } from "./every-kind/until.ts";
import { KindHome } from "./every-kind/kind-home.ts";
import { skillFiles, textFile } from "./support/skill-sample.ts";

// A busy machine starts a runner in seconds.
setDefaultTimeout(60_000);

const activate = (skill: string) => ({ name: "activate_skill", args: { skill } });
const read = (path: string, offset?: number) => ({
  name: "read_skill_file",
  args: { skill: "style", path, ...(offset === undefined ? {} : { offset }) },
});
const scripts = {
  activates: { turns: [{ tools: [activate("style")] }, { text: "{{toolResult}}" }] },
  sees: { turns: [{ text: "{{system}}\n({{tools}})" }] },
  slow: {
    turns: [{ tools: [activate("style")] }, { text: "{{toolResult}}", firstDelayMs: 1_000 }],
  },
  reads: {
    turns: [
      {
        tools: [
          read("notes.md"),
          read("large.txt"),
          read("large.txt", 1_024),
          read("picture.bin"),
          read("note.md"),
          read("../../etc/passwd"),
          activate("stile"),
        ],
      },
      { text: "done" },
    ],
  },
};

let home: KindHome;
beforeAll(async () => {
  home = await KindHome.start({ scripts, settings: { "tools.maxResultBytes": "1KB" } });
});
afterAll(async () => {
  await home[Symbol.asyncDispose]();
});

async function push(files: MessageInitShape<typeof SkillFileSchema>[], ...tags: string[]) {
  const skill = { metadata: { slug: "style" }, spec: { files } };
  await home.daemon.channel.unary(SkillCommandController.method.push, { skill, tags });
}

async function uploaded(text: string): Promise<string> {
  async function* chunks() {
    yield await Promise.resolve({ data: new TextEncoder().encode(text) });
  }
  const { upload } = ArtifactController.method;
  return (await home.daemon.channel.clientStream(upload, chunks())).sha256;
}

async function start(model: string, ...skillRefs: string[]): Promise<string> {
  const spec = { instructions: "You write.", model: `script/${model}`, skillRefs };
  const made = await home.executions.start({
    inlineAgent: { name: "writer", spec },
    message: "Go.",
  });
  return made.metadata!.id;
}

async function answer(id: string): Promise<string> {
  const { phase, output, error } = await home.executions.end(id);
  if (phase === ExecutionPhase.EXECUTION_COMPLETED) return output;
  throw new Error(`${id}: ${error?.message}`);
}

/** Its pid, while it has one. */
async function runnerOf(id: string): Promise<number | undefined> {
  const { runners } = await home.daemon.channel.unary(SystemQueryController.method.info, {});
  return runners.find(({ executionId }) => executionId === id)?.pid;
}

async function toolResults(id: string): Promise<ToolResult[]> {
  const { items } = await home.executions.messages(id);
  return items.flatMap(({ parts }) =>
    parts.flatMap(({ part }) => (part.case === "toolResult" ? [part.value] : [])),
  );
}

function textOf({ content }: ToolResult): string {
  return content.map(({ content: each }) => (each.case === "text" ? each.value : "")).join("");
}

describe("an agent with skills", () => {
  test("sees what each is for at the end of its instructions, and two tools", async () => {
    await push(skillFiles("Be brief."));
    const first = await answer(await start("sees", "style", "existing-skill"));
    expect(first).toStartWith("You write.\n\n# Skills\n\n");
    expect(first).toEndWith(
      "\n- style: Writes in our style.\n- existing-skill: A sample.\n(activate_skill, read_skill_file)",
    );
    expect(await answer(await start("sees", "style", "existing-skill"))).toBe(first);
    expect(await answer(await start("sees"))).toBe("You write.\n()");
  });

  test("takes one up: its instructions without front matter, and the names of its files", async () => {
    await push(skillFiles("Be brief.", textFile("notes.md", "x")), "v1");
    const files = "Files of this skill, for read_skill_file:\n- notes.md\n";
    expect(await answer(await start("activates", "style"))).toBe(`Be brief.\n\n${files}`);
  });

  test("goes on with the version that it was started with", async () => {
    await push(skillFiles("Version one."), "v1");
    await push(skillFiles("Version two."));
    expect(await answer(await start("activates", "style@v1"))).toBe("Version one.\n");
    expect(await answer(await start("activates", "style"))).toBe("Version two.\n");
  });

  test("reads text files, in pieces where they are long, and nothing else", async () => {
    const long = `${"é".repeat(600)}end`;
    const large = { path: "large.txt", content: { case: "sha256", value: await uploaded(long) } };
    const binary = { case: "data", value: new Uint8Array([0xff, 0, 1]) } as const;
    await push(
      skillFiles(
        "Read.",
        large as MessageInitShape<typeof SkillFileSchema>,
        textFile("notes.md", "Some notes.\n"),
        { path: "picture.bin", content: binary },
      ),
    );
    const id = await start("reads", "style");
    expect(await answer(id)).toBe("done");
    const results = await toolResults(id);
    expect(results.map((result) => [result.isError, textOf(result)])).toEqual([
      [false, "Some notes.\n"],
      [false, `${"é".repeat(512)}\n[cut here; go on with offset 1024]`],
      [false, `${"é".repeat(88)}end`],
      [true, "picture.bin is not text, and only text can be read"],
      [true, 'there is no file "note.md"; did you mean notes.md?'],
      [true, 'there is no file "../../etc/passwd"; activate_skill lists them'],
      [true, 'there is no skill "stile"; there are: style'],
    ]);
  });

  test("answers from what is pinned and recorded when its runner is killed after the activation", async () => {
    await push(skillFiles("Before the kill."));
    const id = await start("slow", "style");
    await home.executions.until(
      id,
      ({ event }) => event.case === "message" && event.value.parts[0]?.part.case === "toolResult",
    );
    await push(skillFiles("After the kill."));
    const killed = await until(() => runnerOf(id));
    process.kill(killed, "SIGKILL");
    const next = await until(async () => {
      const pid = await runnerOf(id);
      return pid === killed ? undefined : pid;
    });
    expect(next).not.toBe(killed);
    expect(await answer(id)).toBe("Before the kill.\n");
    expect(await toolResults(id)).toHaveLength(1);
  });

  test("keeps its skill when that is deleted while it runs", async () => {
    await push(skillFiles("Deleted."));
    const id = await start("slow", "style");
    await home.client(kindOf(ApiResourceKind.SKILL)).delete("style");
    expect(await answer(id)).toBe("Deleted.\n");
  });
});
