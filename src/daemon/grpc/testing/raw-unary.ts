import type { DescMethod } from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import { methodPath } from "../../../contract/service-definition.ts";

export interface RawUnaryCall {
  readonly address: string;
  readonly method: DescMethod;
  readonly authority?: string;
  readonly bytes?: Buffer;
}

/** The status of a call that sends what our own channel never sends. */
export function rawUnary(call: RawUnaryCall): Promise<{ code: number; details: string }> {
  const { address, method, authority = "localhost", bytes = Buffer.alloc(0) } = call;
  const options = { "grpc.default_authority": authority };
  const client = new Client(address, credentials.createInsecure(), options);
  return new Promise((resolve) => {
    client.makeUnaryRequest(methodPath(method), asIs, asIs, bytes, (error) => {
      client.close();
      resolve({ code: error?.code ?? 0, details: error?.details ?? "" });
    });
  });
}

function asIs(message: Buffer): Buffer {
  return message;
}
