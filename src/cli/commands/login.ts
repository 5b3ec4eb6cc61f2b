import { resolve } from "node:path";
import { StigmerError } from "../../contract/errors.ts";
import {
  SystemQueryController,
  type WhoamiResponse,
} from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import { readPrivateFile } from "../../system/private-file.ts";
import { readSettings } from "../../system/settings.ts";
import { writeSetting } from "../../system/write-setting.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { chosenContext } from "../connect/chosen-context.ts";
import {
  checkContextName,
  type ContextRecord,
  localContext,
  unknownContext,
} from "../connect/context-record.ts";
import { ContextStore } from "../connect/context-store.ts";
import { contextView, shownContext } from "../connect/context-view.ts";
import { openServer, type ServerTarget } from "../connect/open-server.ts";
import { parseServerAddress } from "../connect/server-address.ts";
import { askSecret } from "../input/ask-secret.ts";
import { readStdin } from "../input/read-stdin.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput, itemOutput, textOutput } from "../output/item-output.ts";
import type { View } from "../output/output.ts";

/** Asks the server who the user is, and keeps and chooses the context only when it answers. */
export async function login(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const store = new ContextStore(context.folder, context.variables);
  const words = wordsOf(invocation);
  const { url } = parseServerAddress(words.server ?? (await configuredServer(context)));
  const name = invocation.text("name") ?? (await nameOf(url, store));
  checkContextName(name);
  await store.checkName(name, url);
  const token = await readToken(words.fromStdin, invocation, context);
  const record: ContextRecord = {
    ...(await earlierLogin(name, url, store)),
    name,
    server: url,
    usesToken: token !== undefined,
    ...filesOf(invocation),
    ...(invocation.has("org") ? { organization: invocation.text("org") ?? "" } : {}),
    ...(invocation.enabled("allow-clear-text") ? { allowClearText: true } : {}),
  };
  context.terminal.progress(`Asking ${url} …`);
  const { usesToken: _, ...server } = record;
  const identity = await askWho({ ...server, ...(token === undefined ? {} : { token }) }, context);
  const notice = await store.put(record, token);
  if (notice !== undefined) context.terminal.warn(notice);
  await writeSetting(context.folder.config, "context", name);
  warnOfVariable(context, name);
  const sentence = () => `logged in to ${url} as ${identity.actor}; commands go to context ${name}`;
  return { output: changeOutput(contextView, [shownContext(record, name)], sentence) };
}

/** Forgets the token; the context stays, for the next login. */
export async function logout(
  invocation: Invocation,
  { folder, variables }: CommandContext,
): Promise<CommandResult> {
  const given = invocation.optionalArgument("CONTEXT") ?? invocation.text("context");
  const name = given ?? (await chosenContext({ folder, variables }));
  if (name === localContext) {
    throw new StigmerError("usage", "local is the daemon of this machine: there is no login.", {
      hint: "stigmer logout CONTEXT, one of: stigmer context list",
    });
  }
  const store = new ContextStore(folder, variables);
  const removed = await store.forgetToken(await store.get(name));
  const text = removed ? `logged out of ${name}` : `there was no token of ${name}`;
  return { output: textOutput(`${text}\n`, { context: name, removed }) };
}

/** Who the daemon or server takes the caller for. */
export async function whoami(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const { folder, variables, daemon } = context;
  const given = invocation.text("context");
  const name = await chosenContext({ folder, variables, given });
  const identity = await daemon.call(SystemQueryController.method.whoami, {});
  const server = await serverOf(name, context);
  return { output: itemOutput(identityView, { context: name, server, identity }) };
}

interface Words {
  readonly server: string | undefined;
  readonly fromStdin: boolean;
}

/** `[SERVER] [-]`, either without the other. */
function wordsOf(invocation: Invocation): Words {
  const [first, second] = [invocation.optionalArgument("SERVER"), invocation.optionalArgument("-")];
  if (second !== undefined && second !== "-") {
    throw new StigmerError("usage", "A token is never taken from an argument: others can see it.", {
      hint: sources,
    });
  }
  const fromStdin = first === "-" || second === "-";
  return { server: first === "-" ? undefined : first, fromStdin };
}

const sources =
  "Leave it out and be asked, or use --token-file FILE, --api-key-from-env[=NAME] or -.";

async function configuredServer({ folder, variables }: CommandContext): Promise<string> {
  const server = (await readSettings({ file: folder.config, variables })).get("cloud.server");
  if (server !== undefined) return server;
  throw new StigmerError("usage", "No server was named, and the setting cloud.server is not set.", {
    hint: "stigmer login SERVER, or: stigmer config set cloud.server SERVER",
  });
}

/** Of another login to the same server what is not said again stays as it was. */
async function earlierLogin(
  name: string,
  url: string,
  store: ContextStore,
): Promise<ContextRecord | undefined> {
  return (await store.list()).find((known) => known.name === name && known.server === url);
}

/** That of an earlier login to the same server, otherwise made of host and port. */
async function nameOf(url: string, store: ContextStore): Promise<string> {
  const known = (await store.list()).find(({ server }) => server === url);
  return (
    known?.name ??
    url
      .replace(/^https?:\/\//, "")
      .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^-+/, "")
  );
}

function filesOf(
  invocation: Invocation,
): Pick<ContextRecord, "caFile" | "clientCert" | "clientKey"> {
  const flags = { caFile: "ca-file", clientCert: "client-cert", clientKey: "client-key" };
  if (invocation.has("client-cert") !== invocation.has("client-key")) {
    throw new StigmerError(
      "usage",
      "A client certificate needs its key, and the key its certificate.",
      {
        hint: "Use --client-cert FILE and --client-key FILE together.",
      },
    );
  }
  return Object.fromEntries(
    Object.entries(flags).flatMap(([field, flag]) => {
      const path = invocation.text(flag);
      return path === undefined ? [] : [[field, resolve(path)]];
    }),
  );
}

/** From the one source that was named, otherwise from a prompt; none where a certificate is enough. */
async function readToken(
  fromStdin: boolean,
  invocation: Invocation,
  context: CommandContext,
): Promise<string | undefined> {
  const file = invocation.text("token-file");
  const variable = invocation.text("api-key-from-env");
  if ([file !== undefined, variable !== undefined, fromStdin].filter(Boolean).length > 1) {
    throw new StigmerError("usage", "There is more than one source of the token.", {
      hint: sources,
    });
  }
  if (file !== undefined) return checked(readTokenFile(file));
  if (variable !== undefined) return checked(variableValue(context, variable));
  if (fromStdin) return checked(await readStdin(context.terminal, context.signal));
  if (invocation.has("client-cert")) return undefined;
  return checked(
    await askSecret(context, {
      question: "Token: ",
      instead: "--token-file FILE, --api-key-from-env[=NAME] or -",
    }),
  );
}

/** What a header can carry; the text itself is never repeated. */
function checked(text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]{1,8192}$/.test(token)) return token;
  const what = token === "" ? "is empty" : "holds more than one word, or what no token has";
  throw new StigmerError("usage", `The token ${what}.`, { hint: sources });
}

function readTokenFile(path: string): string {
  const text = readPrivateFile(path);
  if (text !== undefined) return text;
  throw new StigmerError("invalid-argument", `There is no file ${path}.`, { hint: sources });
}

function variableValue({ variables }: CommandContext, name: string): string {
  const value = variables[name];
  if (value) return value;
  throw new StigmerError("usage", `The variable ${name} is not set.`, { hint: sources });
}

async function askWho(target: ServerTarget, { signal }: CommandContext): Promise<WhoamiResponse> {
  const { channel: opened } = await openServer(target, signal);
  using channel = opened;
  return await channel.unary(
    SystemQueryController.method.whoami,
    {},
    { signal, timeoutMs: 10_000 },
  );
}

function warnOfVariable({ variables, terminal }: CommandContext, name: string): void {
  const overruling = variables["STIGMER_CONTEXT"];
  if (!overruling || overruling === name) return;
  terminal.warn(`STIGMER_CONTEXT overrules it with ${overruling}`);
}

async function serverOf(name: string, { folder, variables }: CommandContext): Promise<string> {
  if (name === localContext) return `unix:${folder.socket}`;
  const record = (await new ContextStore(folder, variables).list()).find(
    (one) => one.name === name,
  );
  if (!record) throw unknownContext(name);
  return record.server;
}

interface Identity {
  readonly context: string;
  readonly server: string;
  readonly identity: WhoamiResponse;
}

const identityView: View<Identity> = {
  name: ({ identity }) => identity.actor,
  json: ({ context, server, identity: { kind, actor, org, version } }) => ({
    context,
    server,
    kind,
    actor,
    org,
    version,
  }),
  columns: [
    { title: "CONTEXT", value: ({ context }) => context },
    { title: "SERVER", value: ({ server }) => server },
    { title: "ACTOR", value: ({ identity }) => `${identity.actor} (${identity.kind})` },
    { title: "ORGANISATION", value: ({ identity }) => identity.org },
    { title: "VERSION", value: ({ identity }) => identity.version },
  ],
};
