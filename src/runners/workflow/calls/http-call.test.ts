import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "../../../contract/json.ts";
import { failureOf, tryCall, type TrialOptions } from "../testing/call-trial.ts";
import { TestCertificates } from "../../../../test/support/test-certificates.ts";

const echo = async (request: Request): Promise<Response> => {
  const url = new URL(request.url);
  return Response.json({
    method: request.method,
    path: url.pathname,
    query: [...url.searchParams],
    headers: Object.fromEntries(request.headers),
    body: await request.text(),
  });
};

const trickle = (request: Request, everyMs: number): Response => {
  let timer: Timer;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setInterval(() => controller.enqueue(new Uint8Array([32])), everyMs);
      request.signal.addEventListener("abort", () => clearInterval(timer));
    },
    cancel: () => clearInterval(timer),
  });
  return new Response(body);
};

const pages: Record<string, (request: Request) => Response | Promise<Response>> = {
  "/array": () => Response.json([1, 2, 3]),
  "/empty": () => new Response(null, { status: 204 }),
  "/text": () => new Response("plain words"),
  "/latin": () =>
    new Response(Uint8Array.of(0xe9, 0x74, 0xe9), {
      headers: { "content-type": "text/plain; charset=iso-8859-1" },
    }),
  "/bytes": () =>
    new Response(Uint8Array.of(0xff, 0xfe, 0x00), { headers: { "content-type": "image/png" } }),
  "/problem": () =>
    new Response('{"title":"no"}', { headers: { "content-type": "application/problem+json" } }),
  "/broken": () => new Response('{"a":', { headers: { "content-type": "application/json" } }),
  "/deep": () =>
    new Response("[".repeat(900_000), { headers: { "content-type": "application/json" } }),
  "/missing": () => new Response("there is no such pet", { status: 404 }),
  "/busy": () => new Response("", { status: 503, headers: { "retry-after": "7" } }),
  "/moved": () => new Response("", { status: 302, headers: { location: "/array" } }),
  "/to-echo": () => new Response("", { status: 307, headers: { location: "/echo" } }),
  "/see-other": () => new Response("", { status: 303, headers: { location: "/echo" } }),
  "/for-ever": () => new Response("", { status: 302, headers: { location: "/for-ever" } }),
  "/large": () => new Response(Buffer.alloc(2 << 20, 32)),
  "/bomb": () =>
    new Response(Bun.gzipSync(Buffer.alloc(64 << 20)), { headers: { "content-encoding": "gzip" } }),
  "/trickle": (request) => trickle(request, 50),
  "/silent": (request) => trickle(request, 3_600_000),
};

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 0,
  fetch: (request) => (pages[new URL(request.url).pathname] ?? echo)(request),
});
const elsewhere = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: echo });
pages["/elsewhere"] = () =>
  new Response("", { status: 307, headers: { location: elsewhere.url.href } });
afterAll(() => Promise.all([server.stop(true), elsewhere.stop(true)]));

const at = (path: string): string => `http://127.0.0.1:${server.port}${path}`;
const get = (path: string, more: object = {}, options: TrialOptions = {}): Promise<Json> =>
  tryCall("http", { method: "get", endpoint: at(path), ...more }, options);

describe("an http call sends", () => {
  const sent: [what: string, parameters: Record<string, Json>, seen: object][] = [
    ["its method", { method: "delete" }, { method: "DELETE" }],
    [
      "members of its input in the path",
      { endpoint: at("/pets/{id}/{name}{none}") },
      { path: "/pets/7/a%20b%2Fc" },
    ],
    [
      "an endpoint from an expression",
      { endpoint: `\${ "${at("/")}" + .name }` },
      { path: "/a%20b/c" },
    ],
    [
      "a query, lists as repeated names",
      { query: { q: "${ .name }", ids: [1, 2], none: null } },
      {
        query: [
          ["q", "a b/c"],
          ["ids", "1"],
          ["ids", "2"],
        ],
      },
    ],
    [
      "a map as JSON",
      { method: "post", body: { n: "${ .id }" } },
      { body: '{"n":7}', headers: expect.objectContaining({ "content-type": "application/json" }) },
    ],
    ["a list as JSON", { method: "post", body: [1, "${ .id }"] }, { body: "[1,7]" }],
    [
      "a text as it is",
      { method: "post", body: "words" },
      {
        body: "words",
        headers: expect.objectContaining({ "content-type": "text/plain; charset=utf-8" }),
      },
    ],
    [
      "a text that is JSON already",
      { method: "post", headers: { "Content-Type": "application/json" }, body: '{"a":1}' },
      { body: '{"a":1}' },
    ],
    [
      "a form",
      {
        method: "post",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: { a: "1 2", b: [true, 3] },
      },
      { body: "a=1+2&b=true&b=3" },
    ],
    [
      "headers",
      { headers: { "X-Name": "${ .id }" } },
      { headers: expect.objectContaining({ "x-name": "7" }) },
    ],
    [
      "an idempotency key",
      {},
      { headers: expect.objectContaining({ "idempotency-key": "wex_1/do#1/call#1" }) },
    ],
    [
      "its own idempotency key",
      { headers: { "idempotency-key": "mine" } },
      { headers: expect.objectContaining({ "idempotency-key": "mine" }) },
    ],
  ];

  test.each(sent)("%s", async (_, parameters, seen) => {
    const input = { id: 7, name: "a b/c" };
    const got = await tryCall(
      "http",
      { method: "get", endpoint: at("/echo"), ...parameters },
      { input },
    );
    expect(got).toMatchObject(seen);
  });

  test("no authorization to another server that it is redirected to", async () => {
    const endpoint = {
      uri: at("/elsewhere"),
      authentication: { bearer: { token: "token-of-the-first" } },
    };
    const got = await tryCall("http", { method: "get", endpoint, redirect: true });
    expect(JSON.stringify(got)).not.toMatch(/authorization/i);
  });
});

describe("an http call gives", () => {
  const given: [what: string, path: string, parameters: object, output: Json | object][] = [
    ["a list", "/array", {}, [1, 2, 3]],
    ["null for no content", "/empty", {}, null],
    ["a text", "/text", {}, "plain words"],
    ["a text in its charset", "/latin", {}, "été"],
    ["Base64 of what is no text", "/bytes", {}, "//4A"],
    ["JSON of a type that is made of it", "/problem", {}, { title: "no" }],
    ["raw bytes in Base64", "/array", { output: "raw" }, Buffer.from("[1,2,3]").toString("base64")],
    [
      "the whole response",
      "/array",
      { output: "response" },
      {
        statusCode: 200,
        content: [1, 2, 3],
        request: { method: "GET", uri: at("/array") },
        headers: { "content-type": expect.stringContaining("json") },
      },
    ],
    ["what a redirect leads to", "/moved", { redirect: true }, [1, 2, 3]],
    [
      "the same method after 307",
      "/to-echo",
      { method: "put", body: { a: 1 }, redirect: true },
      { method: "PUT", body: '{"a":1}' },
    ],
    [
      "GET without a body after 303",
      "/see-other",
      { method: "post", body: { a: 1 }, redirect: true },
      { method: "GET", body: "" },
    ],
  ];

  test.each(given)("%s", async (_, path, parameters, output) => {
    const got = await get(path, parameters);
    if (typeof output === "object" && output !== null) expect(got).toMatchObject(output);
    else expect(got).toBe(output);
  });

  test("a response without the credentials that it sent", async () => {
    const endpoint = {
      uri: at("/array"),
      authentication: { basic: { username: "ada", password: "love1815" } },
    };
    const got = await tryCall("http", { method: "get", endpoint, output: "response" });
    expect(JSON.stringify(got)).not.toMatch(/authorization/i);
  });
});

describe("an http call fails", () => {
  const communication = "https://serverlessworkflow.io/spec/1.0.0/errors/communication";
  const failing: [
    what: string,
    path: string,
    parameters: object,
    status: number,
    detail: RegExp,
  ][] = [
    [
      "with the status of the answer and what it says",
      "/missing",
      {},
      404,
      /answered 404: there is no such pet/,
    ],
    ["at a redirect that it does not follow", "/moved", {}, 302, /`redirect: true` follows/],
    [
      "at redirects without end",
      "/for-ever",
      { redirect: true },
      500,
      /redirects more than 10 times/,
    ],
    ["at invalid JSON", "/broken", {}, 500, /invalid JSON/],
    ["at JSON of a depth that nobody needs", "/deep", {}, 500, /invalid JSON/],
    ["at more than it may read", "/large", {}, 500, /more than 1MB/],
    ["at little that unpacks to much", "/bomb", {}, 500, /more than 1MB/],
  ];

  test.each(failing)("%s", async (...row) => {
    const [, path, parameters, status, detail] = row;
    const failure = await failureOf(get(path, parameters));
    expect(failure).toMatchObject({ type: communication, status });
    expect(failure.detail).toMatch(detail);
    expect(await get("/array")).toEqual([1, 2, 3]);
  });

  test("and keeps how long the server asked to wait", async () => {
    expect(await failureOf(get("/busy"))).toMatchObject({ status: 503, retryAfterMs: 7000 });
  });

  test("when nobody listens", async () => {
    const port = await closedPort();
    const failure = await failureOf(
      tryCall("http", { method: "get", endpoint: `http://127.0.0.1:${port}/a?key=k` }),
    );
    expect(failure).toMatchObject({ type: communication, status: 500 });
    expect(failure.detail).toStartWith(`GET http://127.0.0.1:${port}/a refused the connection`);
  });

  test("when the name does not exist", async () => {
    const failure = await failureOf(
      tryCall("http", { method: "get", endpoint: "http://nowhere.invalid/" }),
    );
    expect(failure.detail).toMatch(/cannot be found or reached/);
  });

  test("when the other side closes in the middle", async () => {
    const rude = createServer((socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc")),
    );
    await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
    const { port } = rude.address() as { port: number };
    const failure = await failureOf(
      tryCall("http", { method: "get", endpoint: `http://127.0.0.1:${port}/` }),
    );
    rude.close();
    expect(failure.type).toBe(communication);
  });

  test("at a certificate that nobody vouches for", async () => {
    const folder = mkdtempSync(join(tmpdir(), "http-call-"));
    const signed = new TestCertificates(folder).sign("server", ["IP:127.0.0.1"]);
    const tls = { key: Bun.file(signed.key), cert: Bun.file(signed.certificate) };
    const secure = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls,
      fetch: echo,
    });
    const failure = await failureOf(
      tryCall("http", { method: "get", endpoint: `https://127.0.0.1:${secure.port}/` }),
    );
    await secure.stop(true);
    expect(failure.detail).toMatch(/certificate that cannot be trusted/);
  });

  const refused: [what: string, parameters: Record<string, Json>, type: RegExp, detail: RegExp][] =
    [
      ["another protocol", { endpoint: "ftp://127.0.0.1/" }, /configuration/, /is not a URL/],
      ["a file", { endpoint: "file:///etc/passwd" }, /configuration/, /is not a URL/],
      ["a list in the path", { endpoint: at("/{list}") }, /expression/, /\{list\} of the endpoint/],
      [
        "a header that cannot be sent",
        { headers: { a: "x\r\ny: z" } },
        /configuration/,
        /the header "a"/,
      ],
      ["headers that are no map", { headers: "${ .list }" }, /expression/, /not a map/],
      ["a body of GET", { body: { a: 1 } }, /configuration/, /has no body/],
      ["a method that is none", { method: "ge t" }, /configuration/, /not a method/],
      [
        "an expression that fails",
        { body: "${ .list.a }", method: "post" },
        /expression/,
        /list\.a/,
      ],
    ];

  test.each(refused)("at %s, before it sends", async (_, parameters, type, detail) => {
    const failure = await failureOf(
      tryCall(
        "http",
        { method: "get", endpoint: at("/echo"), ...parameters },
        { input: { list: [1] } },
      ),
    );
    expect(failure.type).toMatch(type);
    expect(failure.detail).toMatch(detail);
  });
});

describe("an http call does not wait", () => {
  test("for a server that sends a byte at a time", async () => {
    const failure = await failureOf(get("/trickle", {}, { limits: { timeoutMs: 300 } }));
    expect(failure).toMatchObject({
      status: 408,
      detail: expect.stringContaining("took longer than 300ms"),
    });
  });

  test("for a server that says nothing", async () => {
    const failure = await failureOf(get("/silent", {}, { limits: { idleMs: 200 } }));
    expect(failure).toMatchObject({
      status: 408,
      detail: expect.stringContaining("sent nothing for 200ms"),
    });
  });

  test.each(["/trickle", "/silent"])("once it is cancelled: %s", async (path) => {
    const cancel = new AbortController();
    const call = get(path, {}, { signal: cancel.signal }).catch((thrown: unknown) => thrown);
    await get("/array");
    const cancelledAt = performance.now();
    const reason = new Error("cancelled by a person");
    cancel.abort(reason);
    expect(await call).toBe(reason);
    expect(performance.now() - cancelledAt).toBeLessThan(1000);
  });
});

async function closedPort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address() as { port: number };
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
