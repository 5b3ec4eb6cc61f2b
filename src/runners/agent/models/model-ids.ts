import { z } from "zod";
import type { ProviderConnection } from "./provider-adapter.ts";
import { requestJson } from "./request-json.ts";

/** The ids of `GET …/models` in the form that OpenAI began and others took over. */
export async function listModelIds(
  connection: ProviderConnection,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const list = modelList.parse(await requestJson(connection, url, { headers }));
  return list.data.map(({ id }) => id);
}

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });
