import type { Json } from "../../../contract/json.ts";
import type {
  Authentication,
  AuthenticationPolicy,
  Scheme,
} from "../../../workflow/definition/authentication.ts";
import { type EvaluationScope, Expression } from "../../../workflow/expression/expression.ts";
import { evaluateTemplate, type Template } from "../../../workflow/expression/template.ts";
import { standardFailure } from "../workflow-failure.ts";
import { textOf } from "./evaluate-parameters.ts";
import type { RunningCall } from "./guarded-call.ts";
import { tokenRequestOf } from "./token-request.ts";

/** What goes into the header `Authorization`; `$authorization` of expressions. */
export interface Authorization {
  readonly scheme: string;
  readonly parameter: string;
}

/**
 * Signs in as a definition says. Whatever is secret of it is known to the call from then on.
 *
 * @throws WorkflowFailure authorization for a secret that there is not, authentication when the
 *   token endpoint refuses, configuration for parts that are missing
 */
export async function resolveAuthentication(
  authentication: Authentication | undefined,
  call: RunningCall,
): Promise<Authorization | undefined> {
  if (authentication === undefined) return undefined;
  const policy =
    authentication.kind === "named" ? namedPolicy(authentication.name, call) : authentication;
  const authorization = await authorizationOf(policy, call);
  call.secrets.add(authorization.parameter);
  return authorization;
}

/** The value of the header `Authorization`. */
export function headerOf({ scheme, parameter }: Authorization): string {
  return `${scheme} ${parameter}`;
}

/** A scope in which expressions see `$authorization`. */
export function authorizedScope(
  scope: EvaluationScope,
  authorization: Authorization | undefined,
): EvaluationScope {
  if (!authorization) return scope;
  return { ...scope, variables: { ...scope.variables, authorization: { ...authorization } } };
}

function namedPolicy(name: string, { host }: RunningCall): AuthenticationPolicy {
  const policy = host.authentications.get(name);
  if (policy !== undefined) return policy;
  throw standardFailure(
    "configuration",
    `there is no authentication "${name}" in use.authentications`,
  );
}

async function authorizationOf(
  policy: AuthenticationPolicy,
  call: RunningCall,
): Promise<Authorization> {
  switch (policy.kind) {
    case "basic": {
      const parts = await partsOf(policy.value, call);
      const [username, password] = [required(parts, "username"), required(parts, "password")];
      call.secrets.add(password);
      return {
        scheme: "Basic",
        parameter: Buffer.from(`${username}:${password}`).toString("base64"),
      };
    }
    case "bearer":
      return {
        scheme: "Bearer",
        parameter: required(await bearerParts(policy.value, call), "token"),
      };
    case "oauth2":
    case "oidc": {
      const request = tokenRequestOf(await partsOf(policy.value, call), policy.kind);
      call.secrets.add(request.client.secret);
      const token = await call.host.tokens.get(request, call.host.limits, call.effect.signal);
      return { scheme: "Bearer", parameter: token };
    }
    default:
      throw standardFailure("configuration", "this kind of authentication is not supported yet");
  }
}

/** A secret that is one text is the token itself. */
async function bearerParts(
  scheme: Scheme<{ readonly token: Template }>,
  call: RunningCall,
): Promise<Parts> {
  if (scheme.kind === "written") return partsOf(scheme, call);
  const value = await secretValue(scheme.name, call);
  return typeof value === "string" ? { token: value } : mapOf(value, scheme.name);
}

export type Parts = { readonly [name: string]: Json };

async function partsOf(scheme: Scheme<object>, call: RunningCall): Promise<Parts> {
  if (scheme.kind === "written") return evaluated(scheme.properties, call.scope) as Parts;
  return mapOf(await secretValue(scheme.name, call), scheme.name);
}

async function secretValue(name: string, { host, secrets }: RunningCall): Promise<Json> {
  const value = readJsonMap(await host.secret(name));
  secrets.add(value);
  return value;
}

/** Values of environments are texts: a map among them is written as JSON. */
function readJsonMap(value: Json): Json {
  if (typeof value !== "string" || !value.trimStart().startsWith("{")) return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function mapOf(value: Json, secret: string): Parts {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Parts;
  throw standardFailure(
    "configuration",
    `the secret "${secret}" is not a map, in JSON, of what its authentication needs`,
  );
}

/** Evaluates the templates in what the definition reads; everything else is JSON already. */
function evaluated(value: unknown, scope: EvaluationScope): Json {
  if (isTemplate(value)) return evaluateTemplate(value, scope);
  if (Array.isArray(value)) return value.map((item) => evaluated(item, scope));
  if (typeof value !== "object" || value === null) return (value ?? null) as Json;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, evaluated(part, scope)]),
  );
}

function isTemplate(value: unknown): value is Template {
  return (
    typeof value === "object" && value !== null && "kind" in value && !(value instanceof Expression)
  );
}

function required(parts: Parts, name: string): string {
  const value = parts[name] ?? null;
  if (value !== null) return textOf(value, name);
  throw standardFailure("configuration", `the authentication has no ${name}`);
}
