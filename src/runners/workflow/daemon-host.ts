import type { Channel } from "../../contract/channel.ts";
import {
  type Claim,
  RunnerController,
} from "../../contract/gen/ai/stigmer/agentic/runner/v1/runner_pb.ts";
import type { Json } from "../../contract/json.ts";
import { compileSchema, type SchemaValidator } from "../../json-schema/schema-validator.ts";
import type { Schema } from "../../workflow/definition/data-flow.ts";
import type { WorkflowDefinition } from "../../workflow/definition/workflow-definition.ts";
import { holderOf } from "../execution-journal.ts";
import { childExecutions } from "./child-executions.ts";
import { publishedEvents } from "./published-events.ts";
import { standardFailure } from "./workflow-failure.ts";
import type { WorkflowHost } from "./workflow-host.ts";

export interface DaemonHostOptions {
  readonly claim: Claim;
  readonly definition: WorkflowDefinition;
  readonly channel: Channel;
}

/** What tasks of an execution can do through the daemon that holds it. */
export function daemonHost({ claim, definition, channel }: DaemonHostOptions): WorkflowHost {
  const validators = new Map<Schema, Promise<SchemaValidator>>();
  const validatorOf = (schema: Schema): Promise<SchemaValidator> => {
    const known = validators.get(schema) ?? validatorFor(schema);
    validators.set(schema, known);
    return known;
  };
  return {
    call: ({ kind }) => refuse(`calls of the kind ${kind}`),
    runProcess: ({ kind }) => refuse(`processes of the kind ${kind}`),
    ...childExecutions(channel, holderOf(claim)),
    emit: publishedEvents(channel, holderOf(claim)).emit,
    async secrets() {
      const { resolveEnvironment } = RunnerController.method;
      const { values } = await channel.unary(resolveEnvironment, holderOf(claim));
      const declared = definition.use?.secrets ?? [];
      return Object.fromEntries(
        declared.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
      );
    },
    async validate(schema, value) {
      const problems = (await validatorOf(schema))(value);
      return problems.map(({ pointer, message }) =>
        pointer === "" ? message : `${pointer}: ${message}`,
      );
    },
    clock: Date.now,
  };
}

async function validatorFor({ document, resource }: Schema): Promise<SchemaValidator> {
  if (resource) return await refuse("schemas that are fetched");
  return await compileSchema(document as Json);
}

function refuse(what: string): Promise<never> {
  const detail = `this version of stigmer does not support ${what} yet`;
  return Promise.reject(standardFailure("configuration", detail));
}
