import {
  type ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  status as grpcStatus,
} from "@grpc/grpc-js";
import { decodeStatus } from "../../contract/grpc-status.ts";
import { statusOf } from "./call-failure.ts";
import { requestTooLarge } from "./request-too-large.ts";

type Status = Parameters<ServerInterceptingCallInterface["sendStatus"]>[0];

/**
 * Gives what grpc-js refuses by itself (a message that is too large, a deadline that passed) the
 * same details that our own errors have.
 *
 * Such a status is sent on the call itself, past every interceptor's responder, so the method of the
 * call is replaced.
 */
export function libraryStatus(maxRequestBytes: number): ServerInterceptor {
  return (_method, call) => {
    const send = call.sendStatus.bind(call);
    call.sendStatus = (status) => send(explained(status, maxRequestBytes));
    return call as ServerInterceptingCall;
  };
}

function explained(status: Status, maxRequestBytes: number): Status {
  const isOurs = (status.metadata?.get("grpc-status-details-bin") ?? []).length > 0;
  if (status.code === grpcStatus.OK || isOurs) return status;
  if (status.code === grpcStatus.RESOURCE_EXHAUSTED) {
    return statusOf(requestTooLarge(maxRequestBytes), undefined);
  }
  const { code, details: message } = status;
  return statusOf(decodeStatus({ code, message, details: undefined }), undefined);
}
