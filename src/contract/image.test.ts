import { expect, test } from "bun:test";
import { fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { ContractImage, readContractImage } from "./image.ts";

const image = new ContractImage(readContractImage());

test("every file of the image is found under its name, byte for byte", () => {
  const bytes = Buffer.from(readContractImage());
  const { file: files } = fromBinary(FileDescriptorSetSchema, bytes);
  expect(files.length).toBeGreaterThan(30);
  const found = files.map(({ name }) => image.file(name)!);
  expect(found.map(({ descriptor }) => descriptor.name)).toEqual(files.map(({ name }) => name));
  for (const file of found) expect(bytes.includes(file.bytes)).toBe(true);
});

test.each([
  ["a service", "ai.stigmer.agentic.agent.v1.AgentQueryController", "agent/v1/query.proto"],
  ["a method", "ai.stigmer.agentic.agent.v1.AgentQueryController.get", "agent/v1/query.proto"],
  ["a message", "ai.stigmer.agentic.agent.v1.AgentSpec", "agent/v1/spec.proto"],
  ["a nested message", "google.rpc.BadRequest.FieldViolation", "google/rpc/status.proto"],
  ["a nested enum", "grpc.health.v1.HealthCheckResponse.ServingStatus", "health/v1/health.proto"],
  ["an extension", "ai.stigmer.commons.authz.v1.authorization", "authz/v1/method.proto"],
])("%s leads to its file", (_, symbol, file) => {
  expect(image.fileOfSymbol(symbol)?.descriptor.name).toEndWith(file);
});

test("extensions are found by the number that they add to a message", () => {
  const options = "google.protobuf.MethodOptions";
  expect(image.extensionNumbers(options)).toEqual([50020]);
  expect(image.fileOfExtension(options, 50020)?.descriptor.name).toEndWith("authz/v1/method.proto");
  expect(image.fileOfExtension(options, 1)).toBeUndefined();
  expect(image.extensionNumbers("google.rpc.Status")).toEqual([]);
  expect(image.extensionNumbers("no.such.Message")).toBeUndefined();
});

test("a file comes first and with all that it needs", () => {
  const files = image.withImports(image.fileOfSymbol("ai.stigmer.agentic.agent.v1.Agent")!);
  const names = files.map(({ descriptor }) => descriptor.name);
  expect(names[0]).toBe("ai/stigmer/agentic/agent/v1/api.proto");
  expect(names).toContain("google/protobuf/descriptor.proto");
  expect(new Set(names).size).toBe(names.length);
  const imports = files.flatMap(({ descriptor }) => descriptor.dependency);
  expect(imports.filter((imported) => !names.includes(imported))).toEqual([]);
});
