import type { ProviderConnection } from "./provider-adapter.ts";

export interface JsonRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a POST. */
  readonly body?: unknown;
}

/**
 * A small JSON request to a provider, within the limits of the connection.
 *
 * @throws an error with `statusCode`, `responseBody` and `responseHeaders` for a refusal, in the
 *   shape of the provider libraries.
 */
export async function requestJson(
  connection: ProviderConnection,
  url: string,
  { headers = {}, body }: JsonRequest = {},
): Promise<unknown> {
  const post = { method: "POST", body: JSON.stringify(body) };
  const response = await connection.fetch(url, {
    ...(body === undefined ? {} : post),
    headers: { accept: "application/json", "content-type": "application/json", ...headers },
  });
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/** A refused response as an error in the shape of the provider libraries. */
export async function refusal(response: Response): Promise<Error> {
  const responseBody = await response.text();
  return Object.assign(new Error(response.statusText), {
    statusCode: response.status,
    responseHeaders: Object.fromEntries(response.headers),
    responseBody,
  });
}
