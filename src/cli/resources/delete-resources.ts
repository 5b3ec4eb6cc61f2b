import { type StigmerError, toStigmerError } from "../../contract/errors.ts";
import { metadataKeys } from "../../contract/metadata-keys.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import type { Invocation } from "../invocation.ts";
import { changeOutput } from "../output/item-output.ts";
import { nameOf, type Resource, type ResourceKind } from "./resource-kind.ts";

/**
 * Deletes one after the other. What cannot be deleted does not keep the others; the first failure
 * is the command's.
 */
export async function deleteResources<T extends Resource>(
  kind: ResourceKind<T>,
  references: readonly string[],
  options: { readonly invocation: Invocation; readonly context: CommandContext },
): Promise<CommandResult> {
  const { invocation, context } = options;
  const cascade = invocation.enabled("cascade");
  const metadata: Record<string, string> = cascade ? { [metadataKeys.cascade]: "true" } : {};
  const deleted: T[] = [];
  const failures: StigmerError[] = [];
  for (const reference of references) {
    try {
      deleted.push(await kind.remove(context.daemon, reference, { metadata }));
    } catch (thrown) {
      failures.push(toStigmerError(thrown));
    }
    context.signal.throwIfAborted();
  }
  return finish(kind, deleted, { failures, context });
}

async function finish<T extends Resource>(
  kind: ResourceKind<T>,
  deleted: readonly T[],
  ends: { readonly failures: readonly StigmerError[]; readonly context: CommandContext },
): Promise<CommandResult> {
  const { failures, context } = ends;
  const [first, ...others] = failures;
  if (!first) return { output: deletedOutput(kind, deleted) };
  for (const resource of deleted) context.terminal.say(sentence(kind, resource));
  for (const failure of others) context.terminal.error(failure);
  throw first;
}

function deletedOutput<T extends Resource>(kind: ResourceKind<T>, deleted: readonly T[]) {
  return changeOutput(kind.view, deleted, (resource) => sentence(kind, resource));
}

function sentence<T extends Resource>(kind: ResourceKind<T>, resource: T): string {
  return `${kind.word} ${nameOf(resource)} deleted`;
}
