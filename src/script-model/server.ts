import { messageOf, StigmerError, toStigmerError } from "../contract/errors.ts";
import { answerCall } from "./answer-call.ts";
import { FaultCounter } from "./fault-counter.ts";
import { type JournalEntry, RequestJournal } from "./request-journal.ts";
import { findScript, modelNames, type ScriptSet } from "./script.ts";
import type { ServerContext } from "./server-context.ts";
import { failureResponse } from "./wire-response.ts";
import { findRoute, type Route } from "./wire-routes.ts";

export interface ScriptServerOptions {
  readonly script: ScriptSet;
  /** A loopback address; 127.0.0.1 unless given. */
  readonly host?: "127.0.0.1" | "::1" | "localhost";
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Closes the server when it aborts. */
  readonly signal?: AbortSignal;
  /** `strict`, the default, refuses invalid histories with status 400 as real providers do. */
  readonly histories?: "strict" | "any";
}

export interface ScriptServer extends AsyncDisposable {
  readonly url: URL;
  readonly journal: RequestJournal;
}

/**
 * Serves scripted models over HTTP in every wire of `wires.ts`, with `GET /__journal` (a
 * {@link JournalReport}) and `POST /__reset` (forgets the journal and the counted faults).
 *
 * @throws StigmerError `failed-precondition` when the port is taken, `cancelled` when `signal` has
 * already aborted.
 */
export function startScriptServer(options: ScriptServerOptions): ScriptServer {
  if (options.signal?.aborted) throw new StigmerError("cancelled", "The server was not started.");
  const context: ServerContext = {
    scripts: options.script,
    histories: options.histories ?? "strict",
    journal: new RequestJournal(),
    faults: new FaultCounter(),
  };
  const server = listen(options, (request) => respond(context, request));

  const onAbort = (): void => void server.stop(true);
  options.signal?.addEventListener("abort", onAbort, { once: true });
  return {
    url: server.url,
    journal: context.journal,
    async [Symbol.asyncDispose]() {
      options.signal?.removeEventListener("abort", onAbort);
      await server.stop(true);
    },
  };
}

/** Without `development: false` Bun prints every cut stream to stderr. */
function listen(
  { host = "127.0.0.1", port = 0 }: ScriptServerOptions,
  fetch: (request: Request) => Promise<Response>,
) {
  try {
    const quiet = { development: false, reusePort: false };
    return Bun.serve({ hostname: host, port, idleTimeout: 0, ...quiet, fetch });
  } catch (cause) {
    throw new StigmerError(
      "failed-precondition",
      `Cannot listen on ${host}:${port}: ${messageOf(cause)}`,
      { hint: "Choose another port, or 0 for a free one.", cause },
    );
  }
}

async function respond(context: ServerContext, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/__journal" && request.method === "GET") return Response.json(context.journal);
  if (pathname === "/__reset" && request.method === "POST") {
    context.journal.reset();
    context.faults.reset();
    return new Response(null, { status: 204 });
  }

  const route = findRoute(request, pathname);
  const body = await readJson(request);
  const entry = context.journal.open(request, pathname, body);
  if (!route) return refuseUnknownPath(context, entry);
  entry.wire = route.wire.name;
  try {
    return await answer(context, { route, request, entry, body });
  } catch (thrown) {
    return refuse(context, route, entry, thrown);
  }
}

interface Exchange {
  readonly route: Route;
  readonly request: Request;
  readonly entry: JournalEntry;
  readonly body: unknown;
}

async function answer(context: ServerContext, exchange: Exchange): Promise<Response> {
  const { route, request, entry, body } = exchange;
  if (route.kind === "info") {
    const { scripts } = context;
    const known = {
      names: modelNames(scripts),
      has: (model: string) => findScript(scripts, model) !== undefined,
    };
    const response = Response.json(route.info.answer(known, body));
    entry.status = response.status;
    context.journal.close(entry, "completed");
    return response;
  }
  const call = route.generate.read(body, route.groups);
  context.journal.countModel(entry, call.request.model);
  return answerCall(context, { wire: route.wire, call, entry, signal: request.signal });
}

/** The body as JSON; text that is not JSON stays text, and is refused by the wire's own reader. */
async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

function refuseUnknownPath(context: ServerContext, entry: JournalEntry): Response {
  entry.status = 404;
  context.journal.close(entry, "refused");
  const message = `No wire has ${entry.method} ${entry.path}.`;
  return Response.json({ error: { message } }, { status: entry.status });
}

function refuse(
  context: ServerContext,
  route: Route,
  entry: JournalEntry,
  thrown: unknown,
): Response {
  const error = toStigmerError(thrown);
  entry.status = statusOf(error);
  context.journal.close(entry, "refused");
  const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  return failureResponse(route.wire, { status: entry.status, message });
}

function statusOf({ code }: StigmerError): number {
  if (code === "not-found") return 404;
  return code === "internal" ? 500 : 400;
}
