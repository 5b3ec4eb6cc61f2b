import { toJson } from "@bufbuild/protobuf";
import {
  type Session,
  SessionSchema,
} from "../../contract/gen/ai/stigmer/agentic/session/v1/api_pb.ts";
import { SessionCommandController } from "../../contract/gen/ai/stigmer/agentic/session/v1/command_pb.ts";
import { SessionQueryController } from "../../contract/gen/ai/stigmer/agentic/session/v1/query_pb.ts";
import { StigmerError } from "../../contract/errors.ts";
import type { DaemonConnection } from "../connect/daemon-connection.ts";
import { createdColumn, idColumn, labelsColumn } from "./metadata-columns.ts";
import type { ResourceKind } from "./resource-kind.ts";

export const sessionKind: ResourceKind<Session> = {
  word: "session",
  plural: "sessions",
  list: (daemon, request) => daemon.call(SessionQueryController.method.list, request),
  get: async (daemon, reference) =>
    await daemon.call(SessionQueryController.method.getByReference, {
      reference: await resolveSession(daemon, reference),
    }),
  remove: async (daemon, reference, options) => {
    const value = await resolveSession(daemon, reference);
    return await daemon.call(SessionCommandController.method.delete, { value }, options);
  },
  view: {
    name: ({ metadata }) => metadata?.id ?? "",
    json: (session) => toJson(SessionSchema, session),
    columns: [
      idColumn,
      { title: "AGENT", value: ({ spec }) => spec?.agent ?? "" },
      { title: "TITLE", value: ({ spec }) => spec?.title ?? "", flexible: true },
      createdColumn,
      labelsColumn,
    ],
  },
};

/** `@last` as the id of the newest session; anything else as it is. */
export async function resolveSession(daemon: DaemonConnection, reference: string): Promise<string> {
  if (reference !== "@last") return reference;
  const { items } = await daemon.call(SessionQueryController.method.list, { pageSize: 1 });
  const id = items[0]?.metadata?.id;
  if (id === undefined) {
    throw new StigmerError("not-found", "There is no session yet.", {
      hint: 'stigmer agent execute NAME "hello" starts one',
    });
  }
  return id;
}
