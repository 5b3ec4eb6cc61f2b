import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { DaemonHome } from "../../../../../test/support/daemon-home.ts";
import { isJsonMap, type Json } from "../../../../contract/json.ts";
import { failureOf, tryCall, type TrialOptions } from "../../testing/call-trial.ts";
import { grpcTarget } from "./grpc-target.ts";

// A busy machine starts a daemon in seconds.
setDefaultTimeout(60_000);

const protos: Record<string, string> = {
  "shop/v1/shop.proto": `syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "google/protobuf/struct.proto";
import "common/money.proto"; // beside the root, not beside this file
message Order {
  string order_id = 1;
  optional int32 rank = 2;
  google.protobuf.Timestamp at = 3;
  google.protobuf.Struct notes = 4;
  map<string, int64> counts = 5;
  repeated Line lines = 6;
  message Line { string name = 1; common.Money price = 2; Order order = 3; }
  enum State { UNKNOWN = 0; PAID = 1; }
  State state = 7;
  oneof by { string card = 8; bool cash = 9; }
  bytes seal = 10;
}
message Count { int32 n = 1; }
service Shop {
  rpc Echo(Order) returns (Order);
  rpc Stream(Count) returns (stream Count);
  rpc Collect(stream Count) returns (Count);
  rpc Refuse(Count) returns (Count);
  rpc Hang(Count) returns (Count);
}`,
  "common/money.proto": `syntax = "proto3"; package common; message Money { int64 cents = 1; }`,
};
const folder = mkdtempSync(join(tmpdir(), "grpc-call-"));
for (const [name, text] of Object.entries(protos)) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}
const proto = { endpoint: join(folder, "shop/v1/shop.proto") };

const server = new grpc.Server();
let port = 0;
let seen: grpc.Metadata | undefined;
let hanging: (() => void) | undefined;
const cancelled = Promise.withResolvers<void>();

beforeAll(async () => {
  const loaded = loadSync("shop/v1/shop.proto", { includeDirs: [folder], keepCase: true });
  server.addService(loaded["shop.v1.Shop"] as grpc.ServiceDefinition, {
    Echo: (call: grpc.ServerUnaryCall<object, object>, done: grpc.sendUnaryData<object>) => {
      seen = call.metadata;
      done(null, call.request);
    },
    Stream: (call: grpc.ServerWritableStream<{ n: number }, object>) => {
      for (let n = 1; n <= call.request.n; n++) call.write({ n });
      call.end();
    },
    Collect: (_: unknown, done: grpc.sendUnaryData<object>) => done(null, {}),
    Refuse: (call: grpc.ServerUnaryCall<{ n: number }, object>, done: grpc.sendUnaryData<object>) =>
      done({
        code: call.request.n,
        details: `no, and ${String(call.metadata.get("authorization")[0])}`,
      }),
    Hang: (call: grpc.ServerUnaryCall<object, object>) => {
      call.on("cancelled", () => cancelled.resolve());
      hanging?.();
    },
  });
  port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
});
afterAll(() => server.forceShutdown());

const shop = (
  method: string,
  args: Json = {},
  options: TrialOptions = {},
  more: object = {},
): Promise<Json> =>
  tryCall(
    "grpc",
    {
      proto,
      service: { name: "shop.v1.Shop", host: "127.0.0.1", port, ...more },
      method,
      arguments: args,
    },
    options,
  );

describe("a grpc call by a proto file", () => {
  const order = {
    orderId: "o-1",
    rank: 0,
    at: "2026-01-02T03:04:05Z",
    notes: { a: [1, null, "x"] },
    counts: { n: "9007199254740993" },
    lines: [
      {
        name: "tea",
        price: { cents: "350" },
        order: { orderId: "o-2", counts: {}, lines: [], state: "UNKNOWN", seal: "" },
      },
    ],
    state: "PAID",
    card: "visa",
    seal: "AP8=",
  };

  test("speaks proto3 JSON in both directions", async () => {
    expect(await shop("Echo", order)).toEqual(order);
  });

  test("takes names as they stand in the file, and numbers for 64 bits", async () => {
    expect(await shop("Echo", { order_id: "o", counts: { n: 5 } })).toMatchObject({
      orderId: "o",
      counts: { n: "5" },
      lines: [],
      state: "UNKNOWN",
    });
  });

  test("leaves out what was not set and can be told from it", async () => {
    const got = await shop("Echo", {});
    expect(isJsonMap(got) && Object.keys(got)).toEqual([
      "orderId",
      "counts",
      "lines",
      "state",
      "seal",
    ]);
  });

  test("gives a stream as a list", async () => {
    expect(await shop("Stream", { n: 3 })).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test("finds a service by the end of its name", async () => {
    expect(await shop("Stream", { n: 1 }, {}, { name: "Shop" })).toEqual([{ n: 1 }]);
  });

  test("signs in", async () => {
    await shop("Echo", {}, {}, { authentication: { bearer: { token: "tok-en" } } });
    expect(seen?.get("authorization")).toEqual(["Bearer tok-en"]);
  });
});

describe("a grpc call fails", () => {
  const statuses: [code: number, type: string, status: number][] = [
    [grpc.status.UNAUTHENTICATED, "authentication", 401],
    [grpc.status.PERMISSION_DENIED, "authorization", 403],
    [grpc.status.DEADLINE_EXCEEDED, "timeout", 408],
    [grpc.status.INVALID_ARGUMENT, "validation", 400],
    [grpc.status.NOT_FOUND, "communication", 500],
    [grpc.status.UNAVAILABLE, "communication", 500],
    [grpc.status.INTERNAL, "communication", 500],
  ];

  test.each(statuses)(
    "with status %d as %s, without its credentials",
    async (code, type, status) => {
      const authentication = { bearer: { token: "very-secret" } };
      const failure = await failureOf(shop("Refuse", { n: code }, {}, { authentication }));
      expect(failure).toMatchObject({
        type: expect.stringMatching(new RegExp(`/${type}$`)),
        status,
      });
      expect(failure.detail).toMatch(
        /shop\.v1\.Shop\/Refuse at 127\.0\.0\.1:\d+ failed: .*no, and Bearer \[secret\]/,
      );
    },
  );

  const refused: [
    what: string,
    method: string,
    args: Json,
    more: object,
    type: RegExp,
    detail: RegExp,
  ][] = [
    [
      "at a method that there is not",
      "Ech",
      {},
      {},
      /configuration/,
      /no method "Ech"; did you mean "Echo"/,
    ],
    [
      "at a service that there is not",
      "Echo",
      {},
      { name: "Stop" },
      /configuration/,
      /no service "Stop"; there are: shop\.v1\.Shop/,
    ],
    ["at a stream of requests", "Collect", {}, {}, /configuration/, /stream of requests/],
    [
      "at an argument that there is not",
      "Echo",
      { orderid: "x" },
      {},
      /validation/,
      /are no shop\.v1\.Order: .*orderid/,
    ],
    ["at an argument of another kind", "Echo", { rank: "many" }, {}, /validation/, /rank/],
    ["at a host that is none", "Echo", {}, { host: "a b" }, /configuration/, /not a host/],
    ["when nobody listens", "Echo", {}, { port: 1 }, /communication/, /127\.0\.0\.1:1 failed/],
  ];

  test.each(refused)("%s", async (...row) => {
    const [, method, args, more, type, detail] = row;
    const failure = await failureOf(shop(method, args, {}, more));
    expect(failure.type).toMatch(type);
    expect(failure.detail).toMatch(detail);
  });

  const files: [what: string, text: string, detail: RegExp][] = [
    ["of proto2", 'syntax = "proto2"; message A {}', /not proto3/],
    ["that is none", 'syntax = "proto3"; message {', /cannot be read: .*illegal/],
    [
      "with an import that is not there",
      'syntax = "proto3"; import "a/b.proto";',
      /imports "a\/b\.proto", which is not beside it/,
    ],
    [
      "with an import from elsewhere",
      'syntax = "proto3"; import "../../../etc/passwd";',
      /which is not beside it/,
    ],
  ];

  test.each(files)("by a file %s", async (_, text, detail) => {
    const endpoint = join(mkdtempSync(join(tmpdir(), "grpc-proto-")), "a.proto");
    writeFileSync(endpoint, text);
    const service = { name: "S", host: "127.0.0.1", port };
    const failure = await failureOf(tryCall("grpc", { proto: { endpoint }, service, method: "M" }));
    expect(failure).toMatchObject({
      type: expect.stringMatching(/configuration/),
      detail: expect.stringMatching(detail),
    });
  });

  test("at more answers than it may read", async () => {
    const failure = await failureOf(
      shop("Stream", { n: 5000 }, { limits: { responseBytes: 1000 } }),
    );
    expect(failure.detail).toMatch(/more than 1000B/);
  });

  test("without reflection, and says what to do", async () => {
    const service = { name: "shop.v1.Shop", host: "127.0.0.1", port };
    expect((await failureOf(tryCall("grpc", { service, method: "Echo" }))).detail).toMatch(
      /no reflection; name its contract with proto/,
    );
  });

  test("within its time", async () => {
    expect(await failureOf(shop("Hang", {}, { limits: { timeoutMs: 200 } }))).toMatchObject({
      status: 408,
    });
  });

  test("at once when it is cancelled, and tells the server", async () => {
    const started = new Promise<void>((resolve) => (hanging = resolve));
    const cancel = new AbortController();
    const reason = new Error("cancelled");
    const call = shop("Hang", {}, { signal: cancel.signal }).catch((thrown: unknown) => thrown);
    await started;
    cancel.abort(reason);
    expect(await call).toBe(reason);
    await cancelled.promise;
  });
});

test("a grpc call by reflection reaches our own daemon", async () => {
  await using home = await DaemonHome.create("");
  await home.start();
  const { addresses } = (await Bun.file(home.at("run", "daemon.json")).json()) as {
    addresses: readonly string[];
  };
  const token = (await Bun.file(home.at("run", "token")).text()).trim();
  const host = addresses.find((address) => address.startsWith("127.")) ?? "";
  const service = { name: "grpc.health.v1.Health", host, authentication: { bearer: { token } } };
  const found = await tryCall("grpc", { service, method: "Check", arguments: { service: "" } });
  expect(found).toEqual({ status: "SERVING" });
});

test.each([
  ["example.com", undefined, "example.com:443", true],
  ["example.com", 443, "example.com:443", true],
  ["example.com:8443", undefined, "example.com:8443", false],
  ["https://example.com:8443", undefined, "example.com:8443", true],
  ["http://example.com", undefined, "example.com:80", false],
  ["[::1]:5000", undefined, "[::1]:5000", false],
  ["localhost", 5000, "localhost:5000", false],
] as const)("%s with port %p is %s, encrypted: %p", (host, givenPort, address, isEncrypted) => {
  expect(grpcTarget(host, givenPort)).toEqual(isEncrypted ? { address, tls: {} } : { address });
});
