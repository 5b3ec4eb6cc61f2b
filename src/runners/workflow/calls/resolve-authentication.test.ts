import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { assert, asyncProperty, constantFrom, string } from "fast-check";
import type { Json } from "../../../contract/json.ts";
import { failureOf, tryCall, type TrialOptions } from "../testing/call-trial.ts";
import { TokenCache } from "./token-cache.ts";

interface Asked {
  readonly path: string;
  readonly authorization: string | null;
  readonly type: string | null;
  readonly body: string;
}

let asked: Asked[] = [];
let life = 3600;
beforeEach(() => {
  asked = [];
  life = 3600;
});

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/echo")
    return Response.json({ authorization: request.headers.get("authorization") });
  if (pathname === "/who")
    return new Response(`no entry for ${request.headers.get("authorization")}`, { status: 401 });
  const body = await request.text();
  const { headers } = request;
  asked.push({
    path: pathname,
    authorization: headers.get("authorization"),
    type: headers.get("content-type"),
    body,
  });
  if (pathname.endsWith("/openid-configuration")) {
    return Response.json({
      issuer: "https://issuer.example",
      token_endpoint: `${origin}/discovered`,
    });
  }
  if (pathname === "/refuses/oauth2/token") {
    return Response.json(
      { error: "invalid_client", error_description: `not ${body}` },
      { status: 400 },
    );
  }
  return Response.json({
    access_token: `token-${asked.length}`,
    token_type: "Bearer",
    expires_in: life,
  });
}

const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
const origin = server.url.origin;
afterAll(() => server.stop(true));

const sent = (authentication: Json, options: TrialOptions = {}, path = "/echo"): Promise<Json> =>
  tryCall(
    "http",
    { method: "get", endpoint: { uri: `${origin}${path}`, authentication } },
    options,
  );

const client = { id: "ada", secret: "countess of l/ovelace" };
const oauth = (more: { readonly [name: string]: Json } = {}, authority = origin): Json => ({
  oauth2: { authority, grant: "client_credentials", client, ...more },
});

describe("a call signs in", () => {
  const secrets = {
    asMap: { username: "ada", password: "from-a-map" },
    asText: '{"username": "ada", "password": "from-a-text"}',
    token: "from-a-secret",
    written: "written-in",
  };
  const basicOf = (pair: string): string => `Basic ${Buffer.from(pair).toString("base64")}`;
  const ways: [what: string, authentication: Json, header: string][] = [
    [
      "with a name and a password",
      { basic: { username: "ada", password: "${ $secrets.written }" } },
      basicOf("ada:written-in"),
    ],
    ["with a secret that is a map", { basic: { use: "asMap" } }, basicOf("ada:from-a-map")],
    [
      "with a secret that is a map in JSON",
      { basic: { use: "asText" } },
      basicOf("ada:from-a-text"),
    ],
    ["with a token", { bearer: { token: "written-here" } }, "Bearer written-here"],
    ["with a secret that is the token", { bearer: { use: "token" } }, "Bearer from-a-secret"],
    ["with a policy of use.authentications", { use: "shared" }, "Bearer of-the-policy"],
  ];

  test.each(ways)("%s", async (_, authentication, header) => {
    const seen: { header?: string } = {};
    const spy = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => {
        seen.header = request.headers.get("authorization") ?? "";
        return new Response("");
      },
    });
    const use = { authentications: { shared: { bearer: { token: "of-the-policy" } } } };
    await tryCall(
      "http",
      { method: "get", endpoint: { uri: spy.url.href, authentication } },
      { secrets, use },
    );
    await spy.stop(true);
    expect(seen.header).toBe(header);
  });

  test("and lets expressions see with what", async () => {
    const endpoint = { uri: `${origin}/x`, authentication: { bearer: { token: "abcdef" } } };
    await tryCall("http", {
      method: "post",
      endpoint,
      body: {
        scheme: "${ $authorization.scheme }",
        same: '${ $authorization.parameter == "abcdef" }',
      },
    });
    expect(asked[0]?.body).toBe('{"scheme":"Bearer","same":true}');
  });
});

describe("client credentials", () => {
  const form = "application/x-www-form-urlencoded";
  const requests: [what: string, authentication: Json, request: Partial<Asked>][] = [
    [
      "are posted",
      oauth(),
      {
        path: "/oauth2/token",
        type: form,
        authorization: null,
        body: "grant_type=client_credentials&client_id=ada&client_secret=countess+of+l%2Fovelace",
      },
    ],
    [
      "go into the header",
      oauth({ client: { ...client, authentication: "client_secret_basic" } }),
      {
        authorization: `Basic ${Buffer.from("ada:countess+of+l%2Fovelace").toString("base64")}`,
        body: "grant_type=client_credentials",
      },
    ],
    [
      "without a secret",
      oauth({ client: { ...client, authentication: "none" } }),
      { body: "grant_type=client_credentials&client_id=ada" },
    ],
    [
      "ask for scopes and audiences",
      oauth({ client: {}, scopes: ["a", "b"], audiences: ["c"] }),
      { body: "grant_type=client_credentials&scope=a+b&audience=c" },
    ],
    [
      "in JSON",
      oauth({ client: {}, request: { encoding: "application/json" } }),
      { type: "application/json", body: '{"grant_type":"client_credentials"}' },
    ],
    [
      "at another path of the authority",
      oauth({ endpoints: { token: "/x/token" } }, `${origin}/tenant`),
      { path: "/tenant/x/token" },
    ],
    [
      "at another server",
      oauth({ endpoints: { token: `${origin}/full` } }, "https://authority.invalid"),
      { path: "/full" },
    ],
  ];

  test.each(requests)("%s", async (_, authentication, request) => {
    await sent(authentication);
    expect(asked).toEqual([expect.objectContaining(request)]);
  });

  test("find their endpoint by discovery", async () => {
    await sent({ oidc: { authority: `${origin}/realm`, grant: "client_credentials", client } });
    expect(asked.map(({ path }) => path)).toEqual([
      "/realm/.well-known/openid-configuration",
      "/discovered",
    ]);
  });

  test("refuse an issuer that is not among those named", async () => {
    const oidc = {
      authority: origin,
      grant: "client_credentials",
      client,
      issuers: ["https://other.example"],
    };
    expect(await failureOf(sent({ oidc }))).toMatchObject({
      status: 401,
      detail: expect.stringContaining("issuer.example"),
    });
  });

  test("are asked for once by calls side by side, and again when the token has ended", async () => {
    const tokens = new TokenCache();
    await Promise.all([1, 2, 3].map(() => sent(oauth(), { tokens })));
    await sent(oauth(), { tokens });
    expect(asked).toHaveLength(1);
    await sent(oauth({ scopes: ["other"] }), { tokens });
    expect(asked).toHaveLength(2);
    life = 1;
    await sent(oauth({ scopes: ["short"] }), { tokens });
    await sent(oauth({ scopes: ["short"] }), { tokens });
    expect(asked).toHaveLength(4);
  });

  test("fail as an authentication when they are refused, without the secret", async () => {
    const failure = await failureOf(sent(oauth({}, `${origin}/refuses`)));
    expect(failure).toMatchObject({ status: 401, type: expect.stringMatching(/authentication$/) });
    expect(failure.detail).toContain("invalid_client");
    expect(failure.detail).not.toContain("ovelace");
  });
});

describe("a failure says", () => {
  test("which secret there is not", async () => {
    const task = sent({ bearer: { use: "known" } }, { secrets: { known: {} } });
    expect(await failureOf(task)).toMatchObject({
      status: 400,
      detail: "the authentication has no token",
    });
  });

  test("nothing that is secret, whatever it is and however it is sent", async () => {
    const secretText = string({
      minLength: 8,
      maxLength: 30,
      unit: constantFrom(..."a b c X 0 9 + / = % & é ~ \\".split(" "), '"', " "),
    });
    await assert(
      asyncProperty(secretText, async (secret) => {
        const secrets = { s: `k${secret}` };
        const failures = await Promise.all([
          failureOf(
            sent({ basic: { username: "u", password: "${ $secrets.s }" } }, { secrets }, "/who"),
          ),
          failureOf(
            sent(oauth({ client: { id: "i", secret: "${ $secrets.s }" } }, `${origin}/refuses`), {
              secrets,
            }),
          ),
          failureOf(
            tryCall(
              "http",
              { method: "get", endpoint: `${origin}/\${ $secrets.s | @uri }`, body: 1 },
              { secrets },
            ),
          ),
          failureOf(
            tryCall(
              "http",
              { method: "post", endpoint: origin, body: "${ $secrets.s | tonumber }" },
              { secrets },
            ),
          ),
          failureOf(tryCall("http", { method: "get", endpoint: "${ $secrets.s }" }, { secrets })),
        ]);
        for (const form of [
          secrets.s,
          encodeURIComponent(secrets.s),
          Buffer.from(`u:${secrets.s}`).toString("base64"),
        ]) {
          for (const failure of failures)
            expect(JSON.stringify(failure)).not.toContain(JSON.stringify(form).slice(1, -1));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("not even the start of a secret where a message is cut", async () => {
    const secrets = { s: "abcdefghijklmnopqrstuvwxyz".repeat(20) };
    const body = "${ $secrets.s | tonumber }";
    const failures = await Promise.all([
      failureOf(tryCall("http", { method: "post", endpoint: origin, body }, { secrets })),
      failureOf(tryCall("http", { method: "get", endpoint: "${ $secrets.s }" }, { secrets })),
    ]);
    for (const failure of failures) expect(failure.detail).not.toContain("abcd");
  });

  test("and neither does what the other side sends back", async () => {
    const secrets = { s: "open sesame" };
    expect(await sent({ bearer: { use: "s" } }, { secrets })).toEqual({
      authorization: "Bearer [secret]",
    });
  });
});
