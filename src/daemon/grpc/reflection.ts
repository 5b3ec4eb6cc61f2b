import type { MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { grpcCodeOf } from "../../contract/grpc-status.ts";
import {
  ServerReflection,
  type ServerReflectionRequestSchema,
  type ServerReflectionResponseSchema,
} from "../../contract/gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ServerReflectionAlpha } from "../../contract/gen/grpc/reflection/v1alpha/reflection_pb.ts";
import { ContractImage, type ImageFile, readContractImage } from "../../contract/image.ts";
import { type Handlers, implement, type ServiceImplementation } from "./handlers.ts";

type Question = MessageShape<typeof ServerReflectionRequestSchema>["messageRequest"];
type Answer = NonNullable<
  MessageInitShape<typeof ServerReflectionResponseSchema>["messageResponse"]
>;

/**
 * The standard reflection services, of both versions that tools speak. Descriptors go out with the
 * bytes of the embedded image, so that a client compares them with its own.
 * @param services full names of what is served, in the order of the list
 */
export function reflectionServices(services: readonly string[]): ServiceImplementation[] {
  // The image is read at the first question: most daemons are never asked.
  let image: ContractImage | undefined;
  const answer = (question: Question): Answer => {
    image ??= new ContractImage(readContractImage());
    return answerFrom(image, services, question);
  };
  const handlers: Handlers<typeof ServerReflection> = {
    async *serverReflectionInfo(requests) {
      for await (const originalRequest of requests) {
        const messageResponse = answer(originalRequest.messageRequest);
        yield { validHost: originalRequest.host, originalRequest, messageResponse };
      }
    },
  };
  return [
    implement(ServerReflection, handlers),
    // The older version differs in nothing but its package.
    implement(ServerReflectionAlpha, handlers as unknown as Handlers<typeof ServerReflectionAlpha>),
  ];
}

function answerFrom(image: ContractImage, services: readonly string[], question: Question): Answer {
  switch (question.case) {
    case "fileByFilename":
      return files(image, image.file(question.value), question.value);
    case "fileContainingSymbol":
      return files(image, image.fileOfSymbol(question.value), question.value);
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = question.value;
      const file = image.fileOfExtension(containingType, extensionNumber);
      return files(image, file, `${containingType} [${extensionNumber}]`);
    }
    case "allExtensionNumbersOfType":
      return extensionNumbers(image, question.value);
    case "listServices":
      return {
        case: "listServicesResponse",
        value: { service: services.map((name) => ({ name })) },
      };
    default:
      return failure("invalid-argument", "the request asks nothing");
  }
}

function files(image: ContractImage, file: ImageFile | undefined, name: string): Answer {
  if (!file) return failure("not-found", `the contract has no ${name}`);
  const fileDescriptorProto = image.withImports(file).map(({ bytes }) => bytes);
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

function extensionNumbers(image: ContractImage, baseTypeName: string): Answer {
  const numbers = image.extensionNumbers(baseTypeName);
  if (!numbers) return failure("not-found", `the contract has no ${baseTypeName}`);
  const value = { baseTypeName, extensionNumber: [...numbers] };
  return { case: "allExtensionNumbersResponse", value };
}

function failure(code: "not-found" | "invalid-argument", errorMessage: string): Answer {
  return { case: "errorResponse", value: { errorCode: grpcCodeOf[code], errorMessage } };
}
