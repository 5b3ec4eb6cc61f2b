import {
  type DescMethod,
  fromJson,
  type JsonValue,
  type Message,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { Channel } from "../../../../contract/channel.ts";

import { type ErrorCode, messageOf, StigmerError } from "../../../../contract/errors.ts";
import type { Json } from "../../../../contract/json.ts";
import type { GrpcCall } from "../../../../workflow/definition/call.ts";
import type { StandardError } from "../../../../workflow/definition/error.ts";
import { printableText } from "../../../mcp/printable-text.ts";
import { formatByteSize } from "../../../../system/byte-size.ts";
import { standardFailure, type WorkflowFailure } from "../../workflow-failure.ts";
import type { CallPlace } from "../../workflow-host.ts";
import type { CallHost } from "../call-host.ts";
import { evaluateMap, evaluateText } from "../evaluate-parameters.ts";
import { guardedCall, type RunningCall } from "../guarded-call.ts";
import { authorizedScope, headerOf, resolveAuthentication } from "../resolve-authentication.ts";
import { findMethod } from "./find-method.ts";
import { grpcTarget } from "./grpc-target.ts";
import { readProtoFiles } from "./proto-files.ts";
import { reflectFiles } from "./reflect-files.ts";

/**
 * `call: grpc`, by a proto file or by the reflection of the server. Arguments and result are proto3
 * JSON; the result has every field that has no presence. A stream of answers is a list.
 *
 * @throws WorkflowFailure
 */
export function callGrpc(call: GrpcCall, place: CallPlace, host: CallHost): Promise<Json> {
  return guardedCall(place, host, async (running) => {
    const { service } = call;
    const authorization = await resolveAuthentication(service.authentication, running);
    const scope = authorizedScope(running.scope, authorization);
    const target = grpcTarget(evaluateText(service.host, scope, "the host"), service.port);
    const given = evaluateMap(call.arguments, scope, "the arguments");
    const metadata: Record<string, string> = authorization
      ? { authorization: headerOf(authorization) }
      : {};
    const { timeoutMs } = host.limits;
    using channel = new Channel({ ...target, largestAnswerBytes: host.limits.responseBytes });
    const options = { signal: place.effect.signal, timeoutMs, metadata };
    const what = `${service.name}/${call.method} at ${target.address}`;
    try {
      const registry = call.proto
        ? await readProtoFiles(call.proto, running)
        : await reflectFiles(channel, service.name, options);
      const method = findMethod(registry, service.name, call.method);
      const request = requestOf(method, given, registry);
      return await invoke(channel, { method, request, registry }, options, running);
    } catch (thrown) {
      throw thrown instanceof StigmerError ? callFailure(thrown, what) : thrown;
    }
  });
}

interface Invocation {
  readonly method: DescMethod;
  readonly request: Message;
  readonly registry: Registry;
}

async function invoke(
  channel: Channel,
  { method, request, registry }: Invocation,
  options: Parameters<Channel["unary"]>[2],
  { host }: RunningCall,
): Promise<Json> {
  const json = (message: Message): Json =>
    toJson(method.output, message, { registry, alwaysEmitImplicit: true }) as Json;
  if (method.methodKind === "unary") {
    return json(
      await channel.unary(method as DescMethod & { methodKind: "unary" }, request, options),
    );
  }
  if (method.methodKind !== "server_streaming") {
    throw standardFailure(
      "configuration",
      `${method.name} takes a stream of requests, which is not supported`,
    );
  }
  const answers: Json[] = [];
  let size = 0;
  const stream = channel.serverStream(
    method as DescMethod & { methodKind: "server_streaming" },
    request,
    options,
  );
  for await (const message of stream) {
    const answer = json(message);
    size += JSON.stringify(answer).length;
    if (size > host.limits.responseBytes) {
      const most = formatByteSize(host.limits.responseBytes);
      throw standardFailure(
        "communication",
        `${method.name} answered with more than ${most}; ask for less at a time, or raise the setting calls.maxResponseBytes`,
      );
    }
    answers.push(answer);
  }
  return answers;
}

function requestOf(
  method: DescMethod,
  given: { readonly [name: string]: Json },
  registry: Registry,
): Message {
  try {
    return fromJson(method.input, given as JsonValue, { registry });
  } catch (thrown) {
    throw standardFailure(
      "validation",
      `the arguments are no ${method.input.typeName}: ${printableText(messageOf(thrown)).slice(0, 500)}`,
    );
  }
}

/** A status of gRPC as one of the standard errors. */
function callFailure(error: StigmerError, what: string): WorkflowFailure {
  const name = errorOfCode[error.code] ?? "communication";
  const said = printableText(error.message).slice(0, 1000);
  return standardFailure(name, `${what} failed: ${said}`, { title: `gRPC: ${error.code}` });
}

const errorOfCode: Readonly<Partial<Record<ErrorCode, StandardError>>> = {
  unauthenticated: "authentication",
  "permission-denied": "authorization",
  "deadline-exceeded": "timeout",
  "invalid-argument": "validation",
};
