import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { messageOf } from "../../../contract/errors.ts";
import { formatByteSize } from "../../../system/byte-size.ts";
import { systemCodeOf } from "../../../system/file-error.ts";
import type { ExternalResource } from "../../../workflow/definition/external-resource.ts";
import { WorkflowFailure, standardFailure } from "../workflow-failure.ts";
import type { CallLimits } from "./call-limits.ts";
import { endpointText } from "./endpoint-uri.ts";
import type { RunningCall } from "./guarded-call.ts";
import { exchangeHttp } from "./http-exchange.ts";
import { httpStatusFailure } from "./http-status-failure.ts";
import {
  type Authorization,
  authorizedScope,
  headerOf,
  resolveAuthentication,
} from "./resolve-authentication.ts";

/** Where a document is and how it is asked for. */
interface Source {
  readonly url: URL;
  readonly authorization: Authorization | undefined;
}

export interface FetchedResource {
  readonly url: URL;
  readonly text: string;
}

/**
 * A document from an http or https URL, a file URL or the absolute path of a file. What was read
 * once is not read again by its execution.
 *
 * @throws WorkflowFailure configuration for a file that cannot be read; as `exchangeHttp`
 */
export async function readResource(
  { endpoint }: ExternalResource,
  call: RunningCall,
): Promise<FetchedResource> {
  const authorization = await resolveAuthentication(endpoint.authentication, call);
  const url = locationOf(endpointText(endpoint.uri, authorizedScope(call.scope, authorization)));
  return readOnce({ url, authorization }, call);
}

/** A document that another one names, with the same right where it is on the same server. */
export async function readBeside(
  { endpoint }: ExternalResource,
  { first, url }: { readonly first: URL; readonly url: URL },
  call: RunningCall,
): Promise<FetchedResource> {
  const isNear = first.origin === url.origin;
  const authorization = await resolveAuthentication(
    isNear ? endpoint.authentication : undefined,
    call,
  );
  return readOnce({ url, authorization }, call);
}

async function readOnce(source: Source, { host, effect }: RunningCall): Promise<FetchedResource> {
  const { url } = source;
  const key = JSON.stringify([url.href, source.authorization ?? null]);
  const kept = host.documents.get(key);
  if (kept !== undefined) return { url, text: kept };
  const text =
    url.protocol === "file:"
      ? await readFileText(url, host.limits.responseBytes)
      : await fetchText(source, host.limits, effect.signal);
  host.documents.add(key, text);
  return { url, text };
}

function locationOf(text: string): URL {
  const url = text.startsWith("/") ? new URL(`file://${encodeURI(text)}`) : URL.parse(text);
  if (url !== null && /^(https?|file):$/.test(url.protocol)) return url;
  throw standardFailure(
    "configuration",
    `${JSON.stringify(text.slice(0, 200))} is neither an http or https URL nor the absolute path of a file`,
  );
}

async function fetchText(source: Source, limits: CallLimits, signal: AbortSignal): Promise<string> {
  const headers = new Headers({ accept: "*/*" });
  if (source.authorization) headers.set("authorization", headerOf(source.authorization));
  const request = {
    method: "GET",
    url: source.url,
    headers,
    body: undefined,
    followsRedirects: true,
  };
  const answer = await exchangeHttp(request, limits, signal);
  if (answer.status < 200 || answer.status > 299) throw httpStatusFailure(answer);
  return answer.body.toString("utf8");
}

async function readFileText(url: URL, maxBytes: number): Promise<string> {
  const path = pathOf(url);
  try {
    // Not to wait for somebody who writes, where the path names a pipe.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw unreadable(path, "is not a file");
    if (stat.size > maxBytes) throw unreadable(path, `is larger than ${formatByteSize(maxBytes)}`);
    return await file.readFile("utf8");
  } catch (thrown) {
    if (thrown instanceof WorkflowFailure) throw thrown;
    throw unreadable(path, `cannot be read (${systemCodeOf(thrown) ?? messageOf(thrown)})`);
  }
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw standardFailure(
      "configuration",
      "a file URL names a file of this machine, such as file:///home/me/api.yaml",
    );
  }
}

function unreadable(path: string, why: string): Error {
  return standardFailure("configuration", `${path} ${why}`);
}
