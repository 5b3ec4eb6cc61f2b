import {
  type DescMethod,
  type DescMethodBiDiStreaming,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  fromJsonString,
  type JsonValue,
  type Message,
  type Registry,
  toJson,
} from "@bufbuild/protobuf";
import { isUnary } from "../../contract/channel.ts";
import { messageOf, StigmerError } from "../../contract/errors.ts";
import { contractRegistry } from "../api/contract-registry.ts";
import { exportProto } from "../api/export-proto.ts";
import { findMethod, servicesOf } from "../api/find-method.ts";
import type { CommandContext } from "../command-context.ts";
import type { CommandResult } from "../command-result.ts";
import { readText } from "../input/read-text.ts";
import type { Invocation } from "../invocation.ts";
import { textOutput } from "../output/item-output.ts";
import { listOutput } from "../output/list-output.ts";
import type { View } from "../output/output.ts";

/** Lists the methods, calls one of them, or writes the `.proto` files. */
export async function callApi(
  invocation: Invocation,
  context: CommandContext,
): Promise<CommandResult> {
  const folder = invocation.text("export-proto");
  if (folder !== undefined) return await writeProto(folder);
  const registry = contractRegistry();
  const services = servicesOf(registry);
  const name = invocation.optionalArgument("SERVICE/METHOD");
  if (name === undefined) {
    const items = services.flatMap(({ methods }) => methods);
    return { output: listOutput(methodView, { items, nextCursor: "" }) };
  }
  const method = findMethod(services, name);
  const text = await readText(invocation.text("data") ?? "{}", context);
  const request = parseRequest(method, text, registry);
  return isUnary(method)
    ? await callUnary(method, request, { context, registry })
    : await callStream(method, request, { context, registry });
}

async function writeProto(folder: string): Promise<CommandResult> {
  const files = await exportProto(folder);
  return { output: textOutput(files.map((file) => `${file}\n`).join(""), { files }) };
}

interface Call {
  readonly context: CommandContext;
  readonly registry: Registry;
}

async function callUnary(
  method: DescMethodUnary,
  request: Message,
  { context, registry }: Call,
): Promise<CommandResult> {
  const answer = await context.daemon.call(method, request, { lendsCredentials: true });
  const document = toJson(method.output, answer, { registry });
  return { output: textOutput(`${JSON.stringify(document, undefined, 2)}\n`, document) };
}

/** Each message is printed as it comes, JSON on a line of its own; with `-o json` the last one is. */
async function callStream(
  method: DescMethod,
  request: Message,
  { context, registry }: Call,
): Promise<CommandResult> {
  if (method.methodKind !== "server_streaming" && method.methodKind !== "bidi_streaming") {
    throw new StigmerError("usage", `${method.name} takes a stream of requests.`, {
      hint: "Use a gRPC client with the files of: stigmer api --export-proto DIR",
    });
  }
  const options = { lendsCredentials: true } as const;
  const answers =
    method.methodKind === "server_streaming"
      ? context.daemon.stream(method as DescMethodServerStreaming, request, options)
      : context.daemon.exchange(method as DescMethodBiDiStreaming, [request], options);
  const { format } = context.preferences;
  let last: JsonValue = null;
  for await (const answer of answers) {
    last = toJson(method.output, answer, { registry });
    if (format === "json" || format === "yaml" || format === "none") continue;
    await context.terminal.data(`${JSON.stringify(last)}\n`);
  }
  return format === "json" || format === "yaml" ? { output: textOutput("", last) } : {};
}

function parseRequest(method: DescMethod, text: string, registry: Registry): Message {
  try {
    return fromJsonString(method.input, text, { registry });
  } catch (cause) {
    throw new StigmerError("usage", `The request is no ${method.input.name}: ${messageOf(cause)}`, {
      hint: "Write it in proto3 JSON; stigmer api --export-proto DIR shows its fields.",
      cause,
    });
  }
}

const methodView: View<DescMethod> = {
  columns: [
    { title: "METHOD", value: (method) => `${method.parent.typeName}/${method.name}` },
    { title: "REQUEST", value: ({ input }) => input.name },
    { title: "ANSWER", value: answerOf },
  ],
  name: (method) => `${method.parent.typeName}/${method.name}`,
  json: (method) => ({
    service: method.parent.typeName,
    method: method.name,
    request: method.input.typeName,
    answer: method.output.typeName,
    kind: method.methodKind,
  }),
};

function answerOf({ methodKind, output }: DescMethod): string {
  const streams = methodKind === "server_streaming" || methodKind === "bidi_streaming";
  return streams ? `stream of ${output.name}` : output.name;
}
