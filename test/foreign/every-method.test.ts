import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync } from "node:fs";
import { loadSync } from "@grpc/proto-loader";
import { repositoryRoot } from "../../scripts/repository.ts";
import { everyMethod, type MethodCall, type Seen } from "./every-method.ts";
import type { ForeignClient, ForeignMessage } from "./foreign-client.ts";
import { foreignClients } from "./foreign-clients.ts";
import { RunningDaemon } from "./running-daemon.ts";

// Starts processes, on a machine that may be busy.
setDefaultTimeout(60_000);

test("every method of the contract is driven", () => {
  expect(everyMethod.map(({ method }) => method).toSorted()).toEqual(contractMethods().toSorted());
});

describe.each([...foreignClients])("$name", ({ isHere, open }) => {
  test.skipIf(!isHere)("gets an answer from every method", async () => {
    await using daemon = await RunningDaemon.start();
    await using client = open(daemon.socket);
    const outcomes = await driveAll(client);
    const expected = everyMethod.map(({ method, status = "OK" }) => `${method}: ${status}`);
    expect(outcomes).toEqual(expected);
  });
});

/** `method: STATUS`, with what the daemon said when that is not what was expected. */
async function driveAll(client: ForeignClient): Promise<string[]> {
  const seen = new Map<string, ForeignMessage>();
  const outcomes: string[] = [];
  for (const call of everyMethod) outcomes.push(await drive(client, call, seen));
  return outcomes;
}

async function drive(
  client: ForeignClient,
  { method, requests, status: expected = "OK", take }: MethodCall,
  seen: Map<string, ForeignMessage> & Seen,
): Promise<string> {
  const stop = take === undefined ? {} : { take };
  const outcome = await client.call({ method, requests: requests(seen), ...stop });
  const { status, message, responses } = outcome;
  seen.set(method, responses[0]);
  if (status !== expected) return `${method}: ${status} ${message}`;
  // An empty stream that ends well would say nothing of what was asked.
  return status === "OK" && responses.length === 0 ? `${method}: empty` : `${method}: ${status}`;
}

/** As the `.proto` files declare them. */
function contractMethods(): string[] {
  const folder = `${repositoryRoot}proto`;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const definitions = loadSync(
    files.filter((name) => name.endsWith(".proto")),
    { includeDirs: [folder] },
  );
  return Object.values(definitions).flatMap((definition) =>
    "format" in definition ? [] : Object.values(definition).map(({ path }) => path.slice(1)),
  );
}
