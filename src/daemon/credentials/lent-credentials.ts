import { fromBinary } from "@bufbuild/protobuf";
import type { StoreReader } from "../../store/store.ts";
import {
  ModelCredentialsSchema,
  type ProviderCredential,
} from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";

/** Keys and addresses that callers lent to their executions. In memory only: a restart forgets them. */
export class LentCredentials {
  readonly #byExecution = new Map<string, readonly ProviderCredential[]>();

  /** What is lent later takes the place of what was lent for the same provider. */
  lend(executionId: string, credentials: readonly ProviderCredential[]): void {
    if (credentials.length === 0) return;
    const before = this.#byExecution.get(executionId) ?? [];
    const kept = before.filter(({ provider }) =>
      credentials.every((credential) => credential.provider !== provider),
    );
    this.#byExecution.set(executionId, [...kept, ...credentials]);
  }

  takeBack(executionId: string): void {
    this.#byExecution.delete(executionId);
  }

  find(executionId: string, provider: string): ProviderCredential | undefined {
    return this.#byExecution
      .get(executionId)
      ?.find((credential) => credential.provider === provider);
  }

  /** What an execution was lent ends with it. */
  forgetEnded(read: Pick<StoreReader, "execution">): void {
    for (const id of this.#byExecution.keys()) {
      // One that is not stored yet was lent to a moment ago.
      if (read.execution(id)?.state === "ended") this.#byExecution.delete(id);
    }
  }
}

/** The credentials that a call carries in its metadata. */
export function readCredentials(bytes: Uint8Array | undefined): readonly ProviderCredential[] {
  return bytes === undefined ? [] : fromBinary(ModelCredentialsSchema, bytes).providers;
}
