import type { Json } from "../../../contract/json.ts";
import { standardFailure } from "../workflow-failure.ts";

/** A request for an access token by client credentials (RFC 6749, section 4.4). */
export interface TokenRequest {
  readonly kind: "oauth2" | "oidc";
  readonly authority: URL;
  /** Path or URL of the token endpoint; absent: discovered (OpenID Connect), or `/oauth2/token`. */
  readonly tokenEndpoint: string | undefined;
  readonly client: {
    readonly id: string | undefined;
    readonly secret: string | undefined;
    readonly authentication: "client_secret_basic" | "client_secret_post" | "none";
  };
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly issuers: readonly string[];
  readonly encoding: "application/x-www-form-urlencoded" | "application/json";
}

type Members = { readonly [name: string]: Json };

/** Reads the parts of an `oauth2` or `oidc` policy. @throws WorkflowFailure configuration */
export function tokenRequestOf(parts: Members, kind: TokenRequest["kind"]): TokenRequest {
  const client = membersOf(parts["client"]);
  const grant = textIn(parts, "grant") ?? "client_credentials";
  if (grant !== "client_credentials") refuse(`the grant "${grant}" is not supported yet`);
  return {
    kind,
    authority: authorityOf(parts),
    tokenEndpoint: textIn(membersOf(parts["endpoints"]), "token"),
    client: {
      id: textIn(client, "id"),
      secret: textIn(client, "secret"),
      authentication: oneOf(client, "authentication", [
        "client_secret_post",
        "client_secret_basic",
        "none",
      ]),
    },
    scopes: textsIn(parts, "scopes"),
    audiences: textsIn(parts, "audiences"),
    issuers: textsIn(parts, "issuers"),
    encoding: oneOf(membersOf(parts["request"]), "encoding", [
      "application/x-www-form-urlencoded",
      "application/json",
    ]),
  };
}

function authorityOf(parts: Members): URL {
  const url = URL.parse(textIn(parts, "authority") ?? "");
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  return refuse("the authority of an authentication is not an http or https URL");
}

function membersOf(value: Json | undefined): Members {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Members)
    : {};
}

function textIn(members: Members, name: string): string | undefined {
  const value = members[name] ?? null;
  if (value === null) return undefined;
  return typeof value === "string" ? value : refuse(`${name} of an authentication is not a text`);
}

function textsIn(members: Members, name: string): readonly string[] {
  const value = members[name] ?? [];
  const texts: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return texts.map((text) =>
    typeof text === "string" ? text : refuse(`${name} of an authentication are not texts`),
  );
}

function oneOf<Word extends string>(
  members: Members,
  name: string,
  words: readonly [Word, ...Word[]],
): Word {
  const written = textIn(members, name) ?? words[0];
  return (
    words.find((word) => word === written) ??
    refuse(`${name} of an authentication is none of ${words.join(", ")}`)
  );
}

function refuse(detail: string): never {
  throw standardFailure("configuration", detail);
}
