import { StigmerError } from "../../contract/errors.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Invocation } from "../invocation.ts";
import { listOutput } from "../output/list-output.ts";
import type { View } from "../output/output.ts";
import type { Resource, ResourceKind, ResourcePage } from "./resource-kind.ts";

/** `-l`, `--limit` and `--cursor` as a request for one page. */
export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly labelSelector: string;
}

const largestPage = 1_000;

export async function listResources<T extends Resource>(
  kind: ResourceKind<T>,
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  return await listPages(kind, invocation, {
    context,
    fetch: (request) => kind.list(context.daemon, request),
  });
}

/** Lists what `fetch` gives page by page, and says how to go on where there is more. */
export async function listPages<T>(
  { view, plural }: { readonly view: View<T>; readonly plural: string },
  invocation: Invocation,
  options: {
    readonly context: CommandContext;
    readonly fetch: (request: PageRequest) => Promise<ResourcePage<T>>;
  },
): Promise<CommandResult> {
  const { terminal } = options.context;
  const request = pageRequest(invocation);
  const page = invocation.enabled("all")
    ? await everyPage(options.fetch, request)
    : await options.fetch(request);
  if (page.items.length === 0) terminal.notice(`No ${plural}.`);
  const output = listOutput(view, { items: page.items, nextCursor: page.nextPageToken });
  if (page.nextPageToken === "") return { output };
  return { output, next: `There are more: --all, or --cursor ${page.nextPageToken}` };
}

function pageRequest(invocation: Invocation): PageRequest {
  const limit = invocation.integer("limit") ?? (invocation.enabled("all") ? largestPage : 50);
  if (limit < 1 || limit > largestPage) {
    throw new StigmerError("usage", `--limit is 1 to ${largestPage}, not ${limit}.`, {
      hint: "--all takes every page",
    });
  }
  return {
    pageSize: limit,
    pageToken: invocation.text("cursor") ?? "",
    labelSelector: invocation.texts("label").join(","),
  };
}

async function everyPage<T>(
  fetch: (request: PageRequest) => Promise<ResourcePage<T>>,
  first: PageRequest,
): Promise<ResourcePage<T>> {
  const items: T[] = [];
  let { pageToken } = first;
  do {
    const page = await fetch({ ...first, pageToken });
    items.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return { items, nextPageToken: "" };
}
