import type { DescMessage, Registry } from "@bufbuild/protobuf";
import { ApiResourceKind } from "../../src/contract/gen/ai/stigmer/commons/apiresource/v1/kind_pb.ts";
import { kinds } from "../../src/contract/kinds.ts";
import { kindNames } from "../../src/cli/resources/with-kind.ts";
import type { DocumentName } from "../../src/cli/result-spec.ts";
import {
  anything,
  integer,
  type JsonSchema,
  listOf,
  mapOf,
  objectOf,
  oneOfTexts,
  text,
  truth,
} from "./json-schema.ts";
import type { MessageSchemas } from "./message-schema.ts";

interface Sources {
  readonly messages: MessageSchemas;
  readonly registry: Registry;
}

/** The documents that are no message of the contract. */
export const documentSchemas: Readonly<Record<DocumentName, (sources: Sources) => JsonSchema>> = {
  "access-token": () => objectOf({ token: text, path: text }),
  "api-answer": () => anything,
  "completion-script": () => objectOf({ shell: text, script: text }),
  context: () =>
    objectOf({
      name: text,
      server: text,
      current: truth,
      authentication: oneOfTexts("none", "token", "certificate", "token and certificate"),
      "caFile?": text,
      "clientCert?": text,
      "clientKey?": text,
      "organization?": text,
    }),
  "context-deletion": () => objectOf({ deleted: text, current: text }),
  "daemon-log": () => objectOf({ path: text, lines: listOf(text) }),
  "daemon-stop": () => objectOf({ stopped: truth, "pid?": integer, "openExecutions?": integer }),
  "described-resource": (sources) => ({
    anyOf: [
      ...writtenKinds().map(({ message }) => sources.messages.reference(message)),
      ...recordKinds().map(({ message: { typeName } }) =>
        typeName === sessionType ? sessionRecord(sources) : recordOf(typeName, sources),
      ),
    ],
  }),
  "doctor-check": () =>
    objectOf({
      name: text,
      state: oneOfTexts("ok", "warning", "problem", "skipped"),
      found: text,
      "fix?": text,
    }),
  error: () =>
    objectOf({
      error: objectOf({
        code: text,
        message: text,
        "hint?": text,
        details: listOf(objectOf({ field: text, rule: text, message: text })),
        "requestId?": text,
      }),
    }),
  "execution-record": (sources) =>
    recordOf("ai.stigmer.agentic.agentexecution.v1.AgentExecution", sources),
  explanation: () =>
    objectOf({
      path: text,
      type: text,
      description: text,
      rules: listOf(text),
      values: listOf(objectOf({ name: text, description: text })),
      fields: listOf(objectOf({ name: text, type: text, required: truth, description: text })),
    }),
  identity: () =>
    objectOf({ context: text, server: text, kind: text, actor: text, org: text, version: text }),
  logout: () => objectOf({ context: text, removed: truth }),
  "import-report": ({ messages, registry }) =>
    objectOf({
      changes: listOf(
        messages.reference(
          messageNamed("ai.stigmer.agentic.resourceset.v1.ResourceChange", registry),
        ),
      ),
      "history?": messages.reference(
        messageNamed("ai.stigmer.agentic.history.v1.ImportHistoryResponse", registry),
      ),
      "servers?": listOf(objectOf({ server: text, carried: truth, notes: listOf(text) })),
    }),
  "new-project": () =>
    objectOf({ name: text, folder: text, written: listOf(text), kept: listOf(text) }),
  resource: ({ messages }) => ({
    anyOf: [...writtenKinds(), ...recordKinds()].map(({ message }) => messages.reference(message)),
  }),
  "script-server": () => objectOf({ url: text, environment: mapOf(text) }),
  "session-record": sessionRecord,
  setting: () => objectOf(settingProperties),
  "setting-explanation": () =>
    objectOf({
      ...settingProperties,
      example: text,
      readAtStart: truth,
      sources: listOf(
        objectOf({
          source: oneOfTexts("flag", "variable", "project", "config", "default"),
          name: text,
          value: anything,
          text,
          wins: truth,
        }),
      ),
    }),
  "workflow-check": () =>
    objectOf({
      file: text,
      workflows: integer,
      findings: listOf(
        objectOf({
          severity: oneOfTexts("error", "warning"),
          line: integer,
          column: integer,
          pointer: text,
          rule: text,
          message: text,
        }),
      ),
    }),
  version: () => objectOf({ version: text, buildId: text }),
  "workflow-test-case": () =>
    objectOf({
      file: text,
      case: text,
      result: oneOfTexts("passed", "failed"),
      took: text,
      "killPoints?": integer,
      "unknownOutcomes?": integer,
      problems: listOf(
        objectOf({ what: text, message: text, "expected?": anything, "actual?": anything }),
      ),
    }),
};

const sessionType = "ai.stigmer.agentic.session.v1.Session";

const settingProperties = {
  name: text,
  value: anything,
  text,
  source: text,
  meaning: text,
  type: text,
  "unit?": text,
} as const;

/** A message of the contract with the messages of its conversation. */
function recordOf(
  typeName: string,
  { messages, registry }: Sources,
  others: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const message = messageNamed("ai.stigmer.agentic.agentexecution.v1.AgentMessage", registry);
  return messages.object(messageNamed(typeName, registry), {
    ...others,
    messages: listOf(messages.reference(message)),
  });
}

/** @throws Error for a name that the contract does not have. */
export function messageNamed(typeName: string, registry: Registry): DescMessage {
  const message = registry.getMessage(typeName);
  if (!message) throw new Error(`The contract has no message ${typeName}.`);
  return message;
}

function writtenKinds() {
  return kinds.filter(({ info }) => kindNames.some((name) => name === info.name.toLowerCase()));
}

/** What is kept of what happened. */
function recordKinds() {
  const numbers = [ApiResourceKind.SESSION, ApiResourceKind.AGENT_EXECUTION];
  return kinds.filter(({ number }) => numbers.includes(number));
}

/** A session with its messages, and what became of its executions. */
function sessionRecord(sources: Sources): JsonSchema {
  return recordOf(sessionType, sources, {
    executions: listOf(
      objectOf({
        id: text,
        phase: text,
        "error?": sources.messages.reference(
          messageNamed("ai.stigmer.commons.execution.v1.ExecutionError", sources.registry),
        ),
      }),
    ),
  });
}
