/**
 * Calls a gRPC server as any Node program can: with `@grpc/grpc-js`, and `@grpc/proto-loader` over
 * a folder of `.proto` files.
 *
 * Usage: grpc-js.mjs TARGET PROTO_FOLDER. Reads one call per line from stdin and answers it with one
 * line on stdout; `../foreign-client.ts` has the shape of both.
 */
import { readdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const [target, protoFolder] = process.argv.slice(2);
const files = readdirSync(protoFolder, { recursive: true }).filter((name) =>
  name.endsWith(".proto"),
);
const contract = loadSync(files, { includeDirs: [protoFolder], longs: String, enums: String });
const client = new Client(target, credentials.createInsecure());

for await (const line of createInterface({ input: process.stdin })) {
  const outcome = await answer(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
client.close();

function answer({ method, requests, metadata, deadlineMs, take }) {
  const [service, name] = method.split("/");
  const definition = contract[service][name];
  const sent = new Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  const options = { deadline: Date.now() + deadlineMs };
  return new Promise((resolve) => {
    const responses = [];
    const failed = (error) =>
      resolve({
        status: status[error.code],
        message: error.details,
        responses,
        details: detailsOf(error.metadata),
      });
    const succeeded = () => resolve({ status: "OK", message: "", responses, details: [] });
    const answered = (error, response) => {
      if (error) return failed(error);
      responses.push(response);
      return succeeded();
    };
    const call = start(definition, { requests, sent, options, answered });
    if (definition.responseStream) {
      call.on("data", (response) => {
        responses.push(response);
        if (responses.length !== take) return;
        succeeded();
        call.cancel();
      });
      call.on("error", failed);
      // Comes after the error when there is one.
      call.on("end", succeeded);
    }
  });
}

function start(definition, { requests, sent, options, answered }) {
  const { path, requestSerialize, responseDeserialize, requestStream, responseStream } = definition;
  const codec = [path, requestSerialize, responseDeserialize];
  if (!requestStream && !responseStream) {
    return client.makeUnaryRequest(...codec, requests[0], sent, options, answered);
  }
  if (!requestStream) return client.makeServerStreamRequest(...codec, requests[0], sent, options);
  const call = responseStream
    ? client.makeBidiStreamRequest(...codec, sent, options)
    : client.makeClientStreamRequest(...codec, sent, options, answered);
  for (const request of requests) call.write(request);
  call.end();
  return call;
}

function detailsOf(metadata) {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (bytes === undefined) return [];
  return contract["google.rpc.Status"].deserialize(bytes).details.map(({ type_url, value }) => {
    const type = type_url.slice(type_url.lastIndexOf("/") + 1);
    return { "@type": type_url, ...contract[type].deserialize(value) };
  });
}
