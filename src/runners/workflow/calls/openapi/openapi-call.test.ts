import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { isJsonMap, type Json } from "../../../../contract/json.ts";
import { KeptDocuments } from "../kept-documents.ts";
import { failureOf, tryCall, type TrialOptions } from "../../testing/call-trial.ts";

const petId = { name: "petId", in: "path", required: true, type: "integer" };

const swagger: Json = {
  swagger: "2.0",
  basePath: "/v2",
  consumes: ["application/xml", "application/json"],
  parameters: { limit: { name: "limit", in: "query", type: "integer" } },
  paths: {
    "/pet/{petId}": {
      parameters: [petId],
      get: { operationId: "getPet", parameters: [{ $ref: "#/parameters/limit" }] },
      post: {
        operationId: "renamePet",
        consumes: ["application/x-www-form-urlencoded"],
        parameters: [{ name: "name", in: "formData", type: "string" }],
      },
    },
    "/pet": {
      put: {
        operationId: "updatePet",
        parameters: [{ name: "pet", in: "body", required: true, schema: {} }],
      },
    },
    "/find": {
      get: {
        operationId: "find",
        parameters: [
          { name: "csv", in: "query", type: "array" },
          { name: "multi", in: "query", type: "array", collectionFormat: "multi" },
          { name: "pipes", in: "query", type: "array", collectionFormat: "pipes" },
          { name: "X-Key", in: "header", type: "string" },
        ],
      },
    },
  },
};

const openapi: Json = {
  openapi: "3.1.0",
  servers: [{ url: "/{base}/", variables: { base: { default: "v3" } } }],
  paths: {
    "/things/{ids}": {
      get: {
        operationId: "things",
        parameters: [
          { name: "ids", in: "path", required: true, schema: {} },
          { name: "tags", in: "query", schema: {} },
          { name: "flat", in: "query", explode: false, schema: {} },
          { name: "filter", in: "query", style: "deepObject", schema: {} },
          { name: "exact", in: "query", content: { "application/json": {} } },
          { name: "session", in: "cookie", schema: {} },
        ],
      },
    },
    "/make": { $ref: "#/components/pathItems/make" },
    "/elsewhere": { servers: [{ url: "/other" }], get: { operationId: "elsewhere" } },
  },
  components: {
    pathItems: {
      make: {
        post: { operationId: "make", requestBody: { $ref: "#/components/requestBodies/thing" } },
      },
    },
    requestBodies: { thing: { content: { "text/plain": {}, "application/vnd.thing+json": {} } } },
  },
};

const documents: Record<string, string> = {
  "/swagger.json": JSON.stringify(swagger),
  "/openapi.yaml": stringify(openapi),
  "/page.html": "<html>",
  "/broken.json": "{",
  "/other.json": '{"a": 1}',
  "/bomb.yaml": `openapi: 3.0.0\n${["a", "b", "c", "d", "e", "f", "g"]
    .map(
      (name, index, all) =>
        `${name}: &${name} [${
          index === 0
            ? "1"
            : Array(10)
                .fill(`*${all[index - 1]}`)
                .join(",")
        }]`,
    )
    .join("\n")}`,
  "/circle.json": '{"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}}',
  "/ftp.json":
    '{"openapi": "3.0.0", "servers": [{"url": "ftp://a/"}], "paths": {"/a": {"get": {"operationId": "a"}}}}',
};

let fetched = 0;
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: async (request) => {
    const url = new URL(request.url);
    const document = documents[url.pathname];
    if (document !== undefined) {
      fetched++;
      return new Response(document);
    }
    const { method, headers } = request;
    const [type, key, cookie, authorization] = [
      "content-type",
      "x-key",
      "cookie",
      "authorization",
    ].map((name) => headers.get(name));
    return Response.json({
      method,
      target: url.pathname + url.search,
      body: await request.text(),
      type,
      key,
      cookie,
      authorization,
    });
  },
});
afterAll(() => server.stop(true));

const at = (path: string): string => `http://127.0.0.1:${server.port}${path}`;
const call = (
  document: string,
  operationId: string,
  parameters: Json = {},
  options: TrialOptions = {},
): Promise<Json> =>
  tryCall("openapi", { document: { endpoint: at(document) }, operationId, parameters }, options);

describe("an operation", () => {
  const sent: [what: string, document: string, id: string, parameters: Json, seen: object][] = [
    [
      "of Swagger 2 in a path",
      "/swagger.json",
      "getPet",
      { petId: 7, limit: 3 },
      { method: "GET", target: "/v2/pet/7?limit=3" },
    ],
    [
      "with a body",
      "/swagger.json",
      "updatePet",
      { pet: { id: 1 } },
      { method: "PUT", target: "/v2/pet", body: '{"id":1}', type: "application/json" },
    ],
    [
      "with a form",
      "/swagger.json",
      "renamePet",
      { petId: 7, name: "Rex & co" },
      { body: "name=Rex+%26+co", type: "application/x-www-form-urlencoded" },
    ],
    [
      "with lists and headers",
      "/swagger.json",
      "find",
      { csv: [1, 2], multi: ["a", "b"], pipes: [3, 4], "X-Key": "k" },
      { target: "/v2/find?csv=1%2C2&multi=a&multi=b&pipes=3%7C4", key: "k" },
    ],
    [
      "of OpenAPI 3 in YAML",
      "/openapi.yaml",
      "things",
      { ids: ["a/b", "c"], tags: ["x", "y"] },
      { target: "/v3/things/a%2Fb,c?tags=x&tags=y" },
    ],
    [
      "with styles",
      "/openapi.yaml",
      "things",
      { ids: 1, flat: [1, 2], filter: { a: 1 }, exact: { b: [2] } },
      { target: "/v3/things/1?flat=1%2C2&filter%5Ba%5D=1&exact=%7B%22b%22%3A%5B2%5D%7D" },
    ],
    [
      "with a cookie",
      "/openapi.yaml",
      "things",
      { ids: 1, session: "s 1" },
      { cookie: "session=s%201" },
    ],
    [
      "with members of its body",
      "/openapi.yaml",
      "make",
      { a: 1, b: "two" },
      { target: "/v3/make", body: '{"a":1,"b":"two"}', type: "application/vnd.thing+json" },
    ],
    ["with the whole body", "/openapi.yaml", "make", { body: [1] }, { body: "[1]" }],
    ["of another server", "/openapi.yaml", "elsewhere", {}, { target: "/other/elsewhere" }],
  ];

  test.each(sent)("%s", async (...row) => {
    const [, document, id, parameters, seen] = row;
    expect(await call(document, id, parameters)).toMatchObject(seen);
  });

  test("of a document in a file, signed in", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "openapi-")), "api v1.json");
    writeFileSync(
      path,
      JSON.stringify({
        ...(swagger as object),
        host: `127.0.0.1:${server.port}`,
        schemes: ["http"],
      }),
    );
    const parameters = {
      document: { endpoint: path },
      operationId: "getPet",
      parameters: { petId: "${ .id }" },
      authentication: { bearer: { token: "tok" } },
    };
    const got = await tryCall("openapi", parameters, { input: { id: "a b" } });
    expect(got).toMatchObject({ target: "/v2/pet/a%20b", authorization: "Bearer tok" });
  });

  test("gives the whole response", async () => {
    const parameters = {
      document: { endpoint: at("/swagger.json") },
      operationId: "getPet",
      parameters: { petId: 1 },
      output: "response",
    };
    const got = await tryCall("openapi", parameters);
    expect(isJsonMap(got) && got["statusCode"]).toBe(200);
  });
});

describe("an operation fails", () => {
  const failing: [
    what: string,
    document: string,
    id: string,
    parameters: Json,
    type: RegExp,
    detail: RegExp,
  ][] = [
    [
      "that there is not",
      "/swagger.json",
      "getPets",
      {},
      /configuration/,
      /no operation "getPets"; did you mean "getPet"\?/,
    ],
    ["without what it needs", "/swagger.json", "getPet", {}, /validation/, /needs petId \(path\)/],
    [
      "with what it does not know",
      "/swagger.json",
      "getPet",
      { petId: 1, limi: 2 },
      /configuration/,
      /no parameter "limi"; did you mean "limit"\?/,
    ],
    [
      "with parameters that are no map",
      "/swagger.json",
      "getPet",
      "${ [1] }",
      /expression/,
      /not a map/,
    ],
    ["of a page", "/page.html", "a", {}, /configuration/, /no document of Swagger 2 or OpenAPI 3/],
    ["of broken JSON", "/broken.json", "a", {}, /configuration/, /not valid JSON/],
    [
      "of another document",
      "/other.json",
      "a",
      {},
      /configuration/,
      /no document of Swagger 2 or OpenAPI 3/,
    ],
    ["of an alias bomb", "/bomb.yaml", "a", {}, /configuration/, /neither JSON nor YAML: .*alias/],
    ["of a circle", "/circle.json", "a", {}, /configuration/, /circle of references/],
    [
      "at a server of another protocol",
      "/ftp.json",
      "a",
      {},
      /configuration/,
      /names no http or https server/,
    ],
  ];

  test.each(failing)("%s", async (...row) => {
    const [, document, id, parameters, type, detail] = row;
    const failure = await failureOf(call(document, id, parameters));
    expect(failure.type).toMatch(type);
    expect(failure.detail).toMatch(detail);
  });

  test("when its document is not a file that can be read", async () => {
    for (const [endpoint, detail] of [
      ["/no/such.json", /ENOENT/],
      ["/dev", /is not a file/],
      ["relative.json", /neither an http/],
      ["file://host/x", /a file of this machine/],
    ] as const) {
      const failure = await failureOf(
        tryCall("openapi", { document: { endpoint }, operationId: "a" }),
      );
      expect(failure).toMatchObject({
        type: expect.stringMatching(/configuration/),
        detail: expect.stringMatching(detail),
      });
    }
  });

  test("when its document is too large or too large to be YAML", async () => {
    const limits = { responseBytes: 100 };
    const failure = await failureOf(call("/swagger.json", "getPet", { petId: 1 }, { limits }));
    expect(failure.detail).toMatch(/more than 100B/);
    documents["/large.yaml"] = `openapi: 3.0.0\na: ${"x".repeat(1 << 20)}`;
    const large = { responseBytes: 4 << 20 };
    expect((await failureOf(call("/large.yaml", "a", {}, { limits: large }))).detail).toMatch(
      /more than 1MB of YAML/,
    );
  });
});

test("a document is fetched once by an execution", async () => {
  const kept = new KeptDocuments();
  fetched = 0;
  for (let count = 0; count < 3; count++)
    await call("/swagger.json", "getPet", { petId: 1 }, { documents: kept });
  expect(fetched).toBe(1);
});
