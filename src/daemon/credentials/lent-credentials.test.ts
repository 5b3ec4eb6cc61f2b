import { expect, test } from "bun:test";
import { create, toBinary } from "@bufbuild/protobuf";
import {
  ModelCredentialsSchema,
  type ProviderCredential,
  ProviderCredentialSchema,
} from "../../contract/gen/ai/stigmer/agentic/model/v1/api_pb.ts";
import type { ExecutionRow } from "../../store/tables/execution-table.ts";
import { LentCredentials, readCredentials } from "./lent-credentials.ts";

function credential(provider: string, apiKey: string): ProviderCredential {
  return create(ProviderCredentialSchema, { provider, apiKey });
}

test("what is lent later replaces the key of its provider and keeps the others", () => {
  const lent = new LentCredentials();
  lent.lend("aex-1", [credential("openai", "first"), credential("google", "other")]);
  lent.lend("aex-1", [credential("openai", "second")]);
  lent.lend("aex-1", []);
  expect(lent.find("aex-1", "openai")?.apiKey).toBe("second");
  expect(lent.find("aex-1", "google")?.apiKey).toBe("other");
  expect(lent.find("aex-2", "openai")).toBeUndefined();
});

test("what is taken back is gone", () => {
  const lent = new LentCredentials();
  lent.lend("aex-1", [credential("openai", "key")]);
  lent.takeBack("aex-1");
  expect(lent.find("aex-1", "openai")).toBeUndefined();
});

test("what an execution was lent ends with it, and not before it is stored", () => {
  const lent = new LentCredentials();
  for (const id of ["ended", "running", "unstored"]) lent.lend(id, [credential("openai", id)]);
  const states: Readonly<Record<string, ExecutionRow["state"]>> = {
    ended: "ended",
    running: "leased",
  };
  lent.forgetEnded({
    execution: (id) => (states[id] ? ({ id, state: states[id] } as ExecutionRow) : undefined),
  });
  const left = ["ended", "running", "unstored"].filter((id) => lent.find(id, "openai"));
  expect(left).toEqual(["running", "unstored"]);
});

test("a call without credentials lends nothing", () => {
  expect(readCredentials(undefined)).toEqual([]);
  const providers = [credential("openai", "key")];
  const sent = toBinary(ModelCredentialsSchema, create(ModelCredentialsSchema, { providers }));
  expect(readCredentials(sent)).toMatchObject([{ provider: "openai", apiKey: "key" }]);
});
