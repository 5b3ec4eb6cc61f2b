import { randomUUID } from "node:crypto";
import {
  create,
  type DescMessage,
  type DescMethod,
  type Message,
  type MessageInitShape,
  toBinary,
} from "@bufbuild/protobuf";
import type { Metadata, sendUnaryData, ServerDuplexStream, UntypedHandleCall } from "@grpc/grpc-js";
import { StigmerError } from "../../contract/errors.ts";
import { metadataKeys } from "../../contract/metadata-keys.ts";
import { methodDefinition } from "../../contract/service-definition.ts";
import type { Logger } from "../../system/log.ts";
import { admission, type ConnectionOrigin, transportOf } from "./admission.ts";
import { toCallFailure } from "./call-failure.ts";
import type { CallRegistry } from "./call-registry.ts";
import type { GrpcLimits } from "./grpc-limits.ts";
import type { AnyHandler, CallContext } from "./handlers.ts";
import type { OpenCall } from "./open-call.ts";
import type { Authenticate, Principal } from "./principal.ts";
import { readRequests } from "./request-stream.ts";
import { requestTooLarge } from "./request-too-large.ts";
import { writeResponses } from "./response-stream.ts";
import { untilAborted } from "./until-aborted.ts";
import type { RequestReader } from "./validation.ts";

/** What every method needs of the server around it. */
export interface CallEnvironment {
  readonly calls: CallRegistry;
  readonly requests: RequestReader;
  readonly authenticate: Authenticate;
  readonly log: Logger;
  readonly limits: GrpcLimits;
}

export interface MethodBinding {
  readonly method: DescMethod;
  readonly handler: AnyHandler;
  /** The handler checks the rules of the contract itself. */
  readonly checksRules: boolean;
  /** On which kind of connection it answers. */
  readonly origin: ConnectionOrigin;
}

/** All four kinds of grpc-js calls in one: what a kind has not is not touched for it. */
type RawCall = ServerDuplexStream<Buffer, Buffer> & { readonly request: Buffer };

/** A handler as grpc-js calls it, with bytes on both sides: admits, decodes, validates, answers. */
export function bindMethod(
  binding: MethodBinding,
  environment: CallEnvironment,
): UntypedHandleCall {
  const { method, handler, checksRules, origin } = binding;
  const { calls, requests, authenticate, log, limits } = environment;
  const { requestStream, responseStream } = methodDefinition(method);
  const admit = admission({ method, origin, authenticate });
  const defaultTimeoutMs = method.methodKind === "unary" ? limits.unaryTimeoutMs : undefined;

  const answer = async (call: RawCall): Promise<Buffer | undefined> => {
    using open = calls.open({ call, defaultTimeoutMs });
    const principal = admit({ metadata: call.metadata, host: call.getHost() });
    const context = contextOf({ call, open, origin, principal });
    const maxBytes = largestRequest(principal, limits);
    const read = async (bytes: Buffer): Promise<Message> => {
      if (bytes.length > maxBytes) throw requestTooLarge(maxBytes);
      // A runner is this very build: what it sends was made by the code that the rules would check.
      if (principal.kind === "runner") return requests.decode(method.input, bytes);
      if (checksRules) return requests.decodeBounded(method.input, bytes);
      return await requests.read(method.input, bytes);
    };
    const input = requestStream ? readRequests(call, read, open.signal) : await read(call.request);
    const output = handler(input, context);
    if (output instanceof Promise) return encode(method, await untilAborted(output, open.cutOff));
    using _ = calls.endOnStop(open);
    await writeResponses({ responses: output, call, open, encode: (init) => encode(method, init) });
    return undefined;
  };

  const handle = async (call: RawCall, callback: sendUnaryData<Buffer>): Promise<void> => {
    try {
      const response = await answer(call);
      if (response === undefined) call.end();
      else callback(null, response);
    } catch (thrown) {
      const name = `${method.parent.typeName}/${method.name}`;
      const requestId = givenRequestId(call.metadata) ?? randomUUID();
      const failure = toCallFailure(thrown, { method: name, requestId }, log);
      if (responseStream) call.emit("error", failure);
      else callback(failure);
    }
  };
  return handle as unknown as UntypedHandleCall;
}

function largestRequest(principal: Principal, limits: GrpcLimits): number {
  return principal.kind === "runner" ? limits.maxRunnerRequestBytes : limits.maxRequestBytes;
}

interface AdmittedCall {
  readonly call: RawCall;
  readonly open: OpenCall;
  readonly origin: ConnectionOrigin;
  readonly principal: Principal;
}

function contextOf({ call, open, origin, principal }: AdmittedCall): CallContext {
  const { metadata } = call;
  const transport = transportOf(origin);
  const credentials = metadata.get(metadataKeys.credentials)[0];
  return {
    signal: open.signal,
    deadline: open.deadline,
    principal,
    requestId: givenRequestId(metadata),
    dryRun: isTrue(metadata, metadataKeys.dryRun),
    cascade: isTrue(metadata, metadataKeys.cascade),
    credentials: credentials instanceof Uint8Array ? credentials : undefined,
    transport,
    peer: transport === "socket" ? "socket" : call.getPeer(),
  };
}

const longestRequestId = 200;

function givenRequestId(metadata: Metadata): string | undefined {
  const given = metadata.get(metadataKeys.requestId)[0];
  return given === undefined ? undefined : String(given).slice(0, longestRequestId);
}

/** @throws StigmerError invalid-argument for anything but `true` and `false` */
function isTrue(metadata: Metadata, key: string): boolean {
  const value = String(metadata.get(key)[0] ?? "false");
  if (value === "true" || value === "false") return value === "true";
  throw new StigmerError("invalid-argument", `${key} must be true or false, not "${value}"`);
}

function encode(method: DescMethod, response: MessageInitShape<DescMessage>): Buffer {
  const bytes = toBinary(method.output, create(method.output, response));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
