import { expect, test } from "bun:test";
import { TemporaryFolder } from "../system/testing/temporary-folder.ts";
import { newAgent, rejectionOf } from "./testing/samples.ts";
import { silentLog } from "./testing/temporary-store.ts";
import { WriterClient } from "./writer-client.ts";
import { writerLocation } from "./writer-location.ts";

function startWriter(
  file: string,
  location: string,
  onFailed: (code: string) => void,
): Promise<WriterClient> {
  return WriterClient.start({
    file,
    location,
    log: silentLog,
    onCommitted: () => undefined,
    onFailed: (error) => onFailed(error.code),
  });
}

const create = (id: string) => ({ operation: "createResource" as const, input: newAgent(id) });

test("when the writer dies every write that waits is refused, and the owner is told once", async () => {
  using folder = new TemporaryFolder();
  const failures: string[] = [];
  const location = new URL("./testing/dying-writer-thread.ts", import.meta.url).href;
  await using client = await startWriter(folder.at("stigmer.db"), location, (code) => {
    failures.push(code);
  });
  await client.write(create("agt-1"));
  const underWay = rejectionOf(client.write(create("agt-2")));
  const queued = new Promise((resolve) => {
    setImmediate(() => resolve(rejectionOf(client.write(create("agt-3")))));
  });
  expect((await underWay).code).toBe("unavailable");
  expect(await queued).toMatchObject({ code: "unavailable" });
  expect((await rejectionOf(client.write(create("agt-4")))).code).toBe("unavailable");
  expect(failures).toEqual(["unavailable"]);
  expect(client.failure?.hint).toContain("restart");
});

test("a writer whose program is missing is an error, not a wait", async () => {
  using folder = new TemporaryFolder();
  const location = new URL("./testing/no-such-thread.ts", import.meta.url).href;
  const error = await rejectionOf(startWriter(folder.at("stigmer.db"), location, () => undefined));
  expect(error.code).toBe("unavailable");
});

test("a file that cannot be opened is an error that names it", async () => {
  const file = "/nowhere/stigmer.db";
  const error = await rejectionOf(startWriter(file, writerLocation(), () => undefined));
  expect(error.code).toBe("not-found");
  expect(error.message).toContain(file);
});
