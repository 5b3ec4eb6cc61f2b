import { template } from "../expression/expression-readers.ts";
import { mapOf, membersIn, oneOfProperties, optional, required } from "../reading/map-readers.ts";
import { childOf, type Place, type ReadBy, type Reader, withSecrets } from "../reading/reading.ts";
import { listOf, nonEmptyText, notSupported, word } from "../reading/value-readers.ts";
import { refuseName, useName } from "./use-names.ts";

/** The name of a secret that `use.secrets` declares. */
const secretName: Reader<string> = (place) => {
  const name = nonEmptyText(place);
  const known = place.reading.useNames.secrets;
  if (name === undefined || known.has(name)) return name;
  return refuseName(place, name, { list: "use.secrets", known });
};

const ofSecret = mapOf({ use: required(secretName) });

/** Its parts written here, or a secret that holds them as a map. */
function written<T>(properties: Reader<T>): Reader<Scheme<T>> {
  return (place) => {
    const isSecret =
      typeof place.value === "object" && place.value !== null && "use" in place.value;
    if (isSecret) {
      const secret = ofSecret(place);
      return secret && { kind: "secret", name: secret.use };
    }
    const read = properties(place);
    return read === undefined ? undefined : { kind: "written", properties: read };
  };
}

export type Scheme<T> =
  | { readonly kind: "secret"; readonly name: string }
  | { readonly kind: "written"; readonly properties: T };

const basic = mapOf({ username: required(template), password: required(template) });
const bearer = mapOf({ token: required(template) });

const client = mapOf({
  id: optional(template),
  secret: optional(template),
  authentication: optional(word("client_secret_basic", "client_secret_post", "none")),
});

const supportedGrant = "client_credentials";

/** OAuth 2 and OpenID Connect: the grant that needs no person. */
const clientCredentials = mapOf({
  authority: required(template),
  grant: required(word(supportedGrant)),
  client: optional(client),
  scopes: optional(listOf(template)),
  audiences: optional(listOf(template)),
  issuers: optional(listOf(nonEmptyText)),
  request: optional(
    mapOf({
      encoding: optional(word("application/x-www-form-urlencoded", "application/json")),
    }),
  ),
  endpoints: optional(
    mapOf({
      token: optional(nonEmptyText),
      revocation: optional(nonEmptyText),
      introspection: optional(nonEmptyText),
    }),
  ),
});

/** Another grant is said to be one, not to have properties of its own. */
const oauth: typeof clientCredentials = (place) => {
  const { grant } = membersIn(place.value);
  if (typeof grant !== "string" || grant === supportedGrant) return clientCredentials(place);
  return notSupported(childOf(place, "grant", grant), `a grant other than ${supportedGrant}`);
};

const schemes = withSecrets(
  oneOfProperties({
    basic: written(basic),
    bearer: written(bearer),
    digest: (place: Place) => notSupported(place, "digest authentication"),
    oauth2: written(oauth),
    oidc: written(oauth),
  }),
);

const named = mapOf({ use: required(useName("authentications")) });

/** A policy that is written here: what `use.authentications` holds. */
export const authenticationPolicy = schemes;
export type AuthenticationPolicy = ReadBy<typeof schemes>;

/** A policy, or the name of one in `use.authentications`. */
export const authentication: Reader<
  AuthenticationPolicy | { readonly kind: "named"; readonly name: string }
> = (place) => {
  const { value } = place;
  if (typeof value === "string") return namedAs(useName("authentications")(place));
  const isNamed = typeof value === "object" && value !== null && "use" in value;
  if (!isNamed) return schemes(place);
  return namedAs(named(place)?.use);
};
export type Authentication = ReadBy<typeof authentication>;

function namedAs(
  name: string | undefined,
): { readonly kind: "named"; readonly name: string } | undefined {
  return name === undefined ? undefined : { kind: "named", name };
}
