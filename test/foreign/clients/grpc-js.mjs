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
  const messages = requests.map(written);
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
    const call = start(definition, { messages, sent, options, answered });
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

function start(definition, { messages, sent, options, answered }) {
  const { path, requestSerialize, responseDeserialize, requestStream, responseStream } = definition;
  const codec = [path, requestSerialize, responseDeserialize];
  if (!requestStream && !responseStream) {
    return client.makeUnaryRequest(...codec, messages[0], sent, options, answered);
  }
  if (!requestStream) return client.makeServerStreamRequest(...codec, messages[0], sent, options);
  const call = responseStream
    ? client.makeBidiStreamRequest(...codec, sent, options)
    : client.makeClientStreamRequest(...codec, sent, options, answered);
  for (const message of messages) call.write(message);
  call.end();
  return call;
}

/** `@grpc/proto-loader` has no JSON form of a `Struct`: what is marked as free JSON is written out. */
function written(value) {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(written);
  if ("$json" in value) return Object.values(valueMessage(value.$json))[0];
  return mapMembers(value, written);
}

/** A `google.protobuf.Value`. */
function valueMessage(json) {
  if (typeof json === "string") return { stringValue: json };
  if (Array.isArray(json)) return { listValue: { values: json.map(valueMessage) } };
  return { structValue: { fields: mapMembers(json, valueMessage) } };
}

function mapMembers(object, change) {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}

function detailsOf(metadata) {
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (bytes === undefined) return [];
  return contract["google.rpc.Status"].deserialize(bytes).details.map(({ type_url, value }) => {
    const type = type_url.slice(type_url.lastIndexOf("/") + 1);
    return { "@type": type_url, ...contract[type].deserialize(value) };
  });
}
