import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  readTarHeader,
  tarBlockBytes,
  tarHeader,
  tarPadding,
} from "../src/cli/transfer/history/tar-header.ts";
import { HistoryPartSchema } from "../src/contract/gen/ai/stigmer/agentic/history/v1/api_pb.ts";
import { HistoryRecordSchema } from "../src/contract/gen/ai/stigmer/agentic/history/v1/record_pb.ts";
import { CommandHome } from "./support/command-home.ts";
import { expectRefusal } from "./support/expect-refusal.ts";

// Several commands each, on a machine that may be busy.
setDefaultTimeout(120_000);

const config = "model.default: script/echo\nmodel.maxRetries: 0\n";

let one: CommandHome;
let archive: Buffer;
beforeAll(async () => {
  one = CommandHome.open({ config });
  writeFileSync(one.at("notes.txt"), "Large notes.\n".repeat(20_000));
  await one.output(["agent", "create", "parrot", "-i", "Repeat."]);
  await one.output(["agent", "execute", "parrot", "hello", "--attach", one.at("notes.txt")]);
  await one.output(["agent", "execute", "parrot", "again", "--session", "@last"]);
  await one.output(["agent", "update", "parrot", "--instructions", "Repeat all."]);
  await one.output(["agent", "execute", "parrot", "😀 and more"]);
  await one.run(["agent", "execute", "parrot", "fails", "-m", "openai-compatible/none"], {
    env: { OPENAI_COMPATIBLE_BASE_URL: "http://127.0.0.1:9/v1" },
  });
  await one.output(["export", "--all", "--include-history", "all.tar.zst"]);
  archive = readFileSync(one.at("all.tar.zst"));
});
afterAll(() => one[Symbol.asyncDispose]());

/** A home that has what is exported. */
async function imported(file: Buffer = archive): Promise<CommandHome> {
  const home = CommandHome.open({ config });
  writeFileSync(home.at("all.tar.zst"), file);
  const stdin = await one.output(["export", "--all"]);
  await home.output(["import", "--include-history", "all.tar.zst"], { stdin });
  return home;
}

interface Entry {
  readonly name: string;
  readonly content: Buffer;
}

function entriesOf(file: Buffer): Entry[] {
  const tar = zstdDecompressSync(file);
  const entries: Entry[] = [];
  for (let at = 0; ;) {
    const header = readTarHeader(tar.subarray(at, at + tarBlockBytes));
    if (!header) return entries;
    at += tarBlockBytes;
    entries.push({ name: header.name, content: tar.subarray(at, at + header.size) });
    at += header.size + tarPadding(header.size);
  }
}

function packed(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ name, content }) => [
    tarHeader({ name, size: content.length }),
    content,
    Buffer.alloc(tarPadding(content.length)),
  ]);
  return zstdCompressSync(Buffer.concat([...blocks, Buffer.alloc(2 * tarBlockBytes)]));
}

/** Everything that commands say of the history. */
async function readings(home: CommandHome): Promise<unknown> {
  const [sessions, executions] = [
    await home.json(["session", "list", "--all"]),
    await home.json(["execution", "list", "--all"]),
  ];
  const each = [];
  for (const { metadata } of sessions.items) {
    each.push(await home.json(["session", "get", metadata.id]));
  }
  for (const { metadata } of executions.items) {
    each.push(await home.json(["execution", "get", metadata.id]));
    each.push(await home.output(["execution", "watch", metadata.id, "-o", "jsonl"]).catch(String));
  }
  return { sessions, executions, each };
}

describe("a history that was moved", () => {
  test("reads as it did, ids and all", async () => {
    await using other = await imported();
    expect(await readings(other)).toEqual(await readings(one));
  });

  test("exports the same again", async () => {
    await using other = await imported();
    await other.output(["export", "--all", "--include-history", "again.tar.zst"]);
    const names = (entries: Entry[]) => entries.map(({ name }) => name);
    const [before, after] = [
      entriesOf(archive),
      entriesOf(readFileSync(other.at("again.tar.zst"))),
    ];
    expect(names(after)).toEqual(names(before));
    expect(names(before).some((name) => name.startsWith("artifacts/"))).toBe(true);
    for (const [index, { content }] of before.entries()) {
      expect(after[index]?.content.equals(content)).toBe(true);
    }
    expect(statSync(other.at("again.tar.zst")).mode & 0o777).toBe(0o600);
  });

  test("goes on as a session", async () => {
    await using other = await imported();
    const answer = await other.output(["agent", "execute", "parrot", "more", "--session", "@last"]);
    expect(answer).toContain("more");
  });

  test("is skipped where it is there already, and counted", async () => {
    await using other = await imported();
    const { stderr } = await other.run(["import", "--include-history", "all.tar.zst"]);
    expect(stderr).toBe(
      "0 sessions and 0 executions imported\n3 sessions and 4 executions were here already and are left as they are\n",
    );
    const { history } = await other.json(["import", "--include-history", "all.tar.zst"]);
    expect(history).toEqual({
      sessions: "0",
      executions: "0",
      skippedSessions: "3",
      skippedExecutions: "4",
      surplusExecutions: "0",
      surplusSettings: [],
    });
  });
});

test("what is over the limits of where it was moved is counted, with the setting to raise", async () => {
  await using other = CommandHome.open({ config: `${config}history.maxExecutions: 1\n` });
  writeFileSync(other.at("all.tar.zst"), archive);
  const stdin = await one.output(["export", "--all"]);
  const { stderr } = await other.run(["import", "--include-history", "all.tar.zst"], { stdin });
  expect(stderr).toContain("3 executions over history.maxExecutions will be removed");
});

test("an execution that has not ended is left out and counted", async () => {
  await using home = CommandHome.open({ config: `${config}providers.script.file: turns.yaml\n` });
  const turns = "scripts:\n  silent:\n    turns: [{ hang: true }]\n";
  writeFileSync(home.at("home", "turns.yaml"), turns);
  writeFileSync(
    home.at("home", "config.yaml"),
    `providers.script.file: ${home.at("home", "turns.yaml")}\n`,
  );
  await home.output(["agent", "create", "silent", "-i", "Wait.", "-m", "script/silent"]);
  await home.output(["agent", "execute", "silent", "hello", "--detach"]);
  const { stderr } = await home.run(["export", "agent", "--include-history", "all.tar.zst"]);
  expect(stderr).toContain("all.tar.zst: 1 session, 0 executions, 0 artifacts\n");
  expect(stderr).toContain("1 execution left out: only what has ended is history.\n");
});

describe("a history that", () => {
  const refusedWith = async (file: Buffer) => {
    await using home = CommandHome.open({ config });
    writeFileSync(home.at("bad.tar.zst"), file);
    return await home.run(["import", "--include-history", "bad.tar.zst"]);
  };
  const changed = (name: RegExp, change: (content: Buffer) => Buffer): Buffer =>
    packed(
      entriesOf(archive).map((entry) =>
        name.test(entry.name) ? { ...entry, content: change(entry.content) } : entry,
      ),
    );

  test("is of a newer format is refused, naming its version", async () => {
    const header = { format: 99, version: "9.9.9" };
    const part = create(HistoryPartSchema, { part: { case: "header", value: header } });
    const newer = changed(/^header/, () => Buffer.from(toBinary(HistoryPartSchema, part)));
    const end = await refusedWith(newer);
    expect(end.exitCode).toBe(7);
    expect(end.stderr).toContain("9.9.9");
  });

  test("is none is refused", async () => {
    expectRefusal(await refusedWith(Buffer.from("not a history at all")), {
      exitCode: 2,
      error: "is no history",
      hint: "--include-history",
    });
    expect((await refusedWith(zstdCompressSync(Buffer.alloc(2_000, 1)))).exitCode).toBe(2);
  });

  test("was changed on its way is refused", async () => {
    const flipped = Buffer.from(archive);
    flipped[archive.length >> 1]! ^= 1;
    const damaged = await refusedWith(flipped);
    expect(damaged.exitCode).toBe(1);
    expect(damaged.stderr).toContain("damaged");
    const record = changed(/^sessions\//, (content) => {
      const part = fromBinary(HistoryPartSchema, content);
      if (part.part.case === "data") part.part.value.bytes[20]! ^= 1;
      return Buffer.from(toBinary(HistoryPartSchema, part));
    });
    expect((await refusedWith(record)).stderr).toContain("is damaged");
    const artifact = changed(/^artifacts\//, (content) => Buffer.from(content).fill(1, 0, 1));
    expect((await refusedWith(artifact)).stderr).toContain("damaged");
  });

  test("brings a definition under the hash of another is refused", async () => {
    const forged = changed(/^revisions\//, (content) => {
      const part = fromBinary(HistoryPartSchema, content);
      if (part.part.case !== "data") return content;
      const record = fromBinary(HistoryRecordSchema, part.part.value.bytes);
      if (record.record.case === "revision") record.record.value.body = new Uint8Array();
      const bytes = toBinary(HistoryRecordSchema, record);
      const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest();
      Object.assign(part.part.value, { bytes, sha256 });
      return Buffer.from(toBinary(HistoryPartSchema, part));
    });
    expect((await refusedWith(forged)).stderr).toContain("is another one");
  });

  test("was cut off is refused, and the whole one completes it", async () => {
    await using home = CommandHome.open({ config });
    const entries = entriesOf(archive);
    const within = entries.findIndex(({ name }) => name.includes("/journal/")) + 1;
    for (const cut of [
      archive.subarray(0, archive.length >> 1),
      packed(entries.slice(0, within)),
    ]) {
      writeFileSync(home.at("cut.tar.zst"), cut);
      const end = await home.run(["import", "--include-history", "cut.tar.zst"]);
      expect(end.exitCode).toBe(1);
      expect(end.stderr).toContain("is cut off");
    }
    writeFileSync(home.at("all.tar.zst"), archive);
    const stdin = await one.output(["export", "--all"]);
    await home.output(["import", "--include-history", "all.tar.zst"], { stdin });
    expect(await readings(home)).toEqual(await readings(one));
  });

  test("cannot be written leaves nothing behind", async () => {
    const end = await one.run([
      "export",
      "agent",
      "-q",
      "-o",
      "none",
      "--include-history",
      "no/all.tar.zst",
    ]);
    expect(end.exitCode).not.toBe(0);
    expect(end.stderr).toContain("Cannot write no/all.tar.zst");
  });
});
