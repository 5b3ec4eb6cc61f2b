import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Channel } from "../../contract/channel.ts";
import { AgentQueryController } from "../../contract/gen/ai/stigmer/agentic/agent/v1/query_pb.ts";
import { SystemQueryController } from "../../contract/gen/ai/stigmer/system/v1/system_pb.ts";
import {
  ServerReflection,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
} from "../../contract/gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../contract/gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { ContractImage, readContractImage } from "../../contract/image.ts";
import {
  script,
  type ScriptedServer,
  startScriptedServer,
  system,
} from "./testing/scripted-server.ts";

type Question = ServerReflectionRequest["messageRequest"];
type Answer = ServerReflectionResponse["messageResponse"];

/** Answers to questions that are asked on one stream, over TCP. */
async function ask(daemon: ScriptedServer, ...questions: Question[]): Promise<Answer[]> {
  using channel = new Channel({ address: daemon.ipv4 });
  const call = channel.duplex(ServerReflection.method.serverReflectionInfo);
  for (const messageRequest of questions) await call.write({ messageRequest });
  call.end();
  const answers: Answer[] = [];
  for await (const { messageResponse } of call) answers.push(messageResponse);
  return answers;
}

const agents = script(AgentQueryController, {});

test("lists what is served and nothing else, in both versions", async () => {
  await using daemon = await startScriptedServer({ services: [system, agents] });
  const [answer] = await ask(daemon, { case: "listServices", value: "" });
  using channel = new Channel({ address: daemon.socket });
  const call = channel.duplex(ServerReflectionAlpha.method.serverReflectionInfo);
  await call.write({ messageRequest: { case: "listServices", value: "*" } });
  call.end();
  const alpha: unknown[] = [];
  for await (const { messageResponse } of call) alpha.push(messageResponse.value);
  const names = answer?.case === "listServicesResponse" ? answer.value.service : [];
  const expected = [
    "ai.stigmer.system.v1.SystemQueryController",
    "ai.stigmer.agentic.agent.v1.AgentQueryController",
    "grpc.health.v1.Health",
    "grpc.reflection.v1.ServerReflection",
    "grpc.reflection.v1alpha.ServerReflection",
  ];
  expect(names.map(({ name }) => name)).toEqual(expected);
  expect(alpha).toMatchObject([{ service: expected.map((name) => ({ name })) }]);
});

test("hands out the exact bytes of a file and of all that it needs", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  const name = "ai/stigmer/agentic/agent/v1/query.proto";
  const symbol = "ai.stigmer.agentic.agent.v1.AgentQueryController.get";
  const answers = await ask(
    daemon,
    { case: "fileByFilename", value: name },
    { case: "fileContainingSymbol", value: symbol },
  );
  const image = new ContractImage(readContractImage());
  for (const answer of answers) {
    const files = answer.case === "fileDescriptorResponse" ? answer.value.fileDescriptorProto : [];
    const protos = files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
    expect(protos[0]!.name).toBe(name);
    expect(Buffer.from(files[0]!)).toEqual(Buffer.from(image.file(name)!.bytes));
    const imports = protos.flatMap(({ dependency }) => dependency);
    const names = new Set(protos.map((proto) => proto.name));
    expect(imports.filter((imported) => !names.has(imported))).toEqual([]);
  }
  expect(answers).toHaveLength(2);
});

test("finds extensions, and says what it does not know", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  const containingType = "google.protobuf.MethodOptions";
  const answers = await ask(
    daemon,
    { case: "allExtensionNumbersOfType", value: containingType },
    {
      case: "fileContainingExtension",
      value: {
        $typeName: "grpc.reflection.v1.ExtensionRequest",
        containingType,
        extensionNumber: 50020,
      },
    },
    { case: "fileContainingSymbol", value: "no.such.Symbol" },
    { case: undefined },
  );
  expect(answers.map((answer) => answer.case)).toEqual([
    "allExtensionNumbersResponse",
    "fileDescriptorResponse",
    "errorResponse",
    "errorResponse",
  ]);
  expect(answers[0]!.value).toMatchObject({ extensionNumber: [50020] });
  expect(answers[2]!.value).toMatchObject({ errorCode: 5 });
});

test("buf curl lists and calls the services without our files", async () => {
  await using daemon = await startScriptedServer({ services: [system] });
  const buf = fileURLToPath(import.meta.resolve("../../../node_modules/.bin/buf"));
  const curl = async (...args: string[]): Promise<string> => {
    const command = [buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge", ...args];
    const child = Bun.spawn(command, { cwd: daemon.folder, stdout: "pipe", stderr: "pipe" });
    const [output, errors] = [child.stdout.text(), child.stderr.text()];
    return (await output) + (await errors);
  };
  const url = `http://${daemon.ipv4}`;
  const listed = await curl("--list-services", url);
  const called = await curl(`${url}/${SystemQueryController.typeName}/version`);
  expect(listed).toContain(SystemQueryController.typeName);
  expect(JSON.parse(called)).toEqual({ version: "user on tcp" });
});
