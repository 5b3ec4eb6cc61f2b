import { fileURLToPath } from "node:url";
import { repositoryRoot } from "../../scripts/repository.ts";
import { hasSystemPackage, systemPython } from "../../scripts/system-packages.ts";
import { ForeignClient } from "./foreign-client.ts";

const protoFolder = `${repositoryRoot}proto`;

export interface ForeignClientKind {
  readonly name: string;
  readonly isHere: boolean;
  readonly open: (target: string) => ForeignClient;
}

/** Programs in other languages or on other runtimes, each with its own gRPC library. */
export const foreignClients: readonly ForeignClientKind[] = [
  {
    name: "grpcio on Python",
    isHere: hasSystemPackage("grpcio"),
    open: (target) =>
      new ForeignClient([systemPython, program("grpcio.py"), target, descriptorSet]),
  },
  grpcJs("Node", Bun.which("node")),
  grpcJs("Bun", process.execPath),
];

/** The contract as any build of `proto/` gives it. */
const descriptorSet = `${repositoryRoot}src/contract/gen/contract.binpb`;

function grpcJs(name: string, runtime: string | null): ForeignClientKind {
  return {
    name: `grpc-js on ${name}`,
    isHere: runtime !== null,
    open: (target) =>
      new ForeignClient([runtime ?? "", program("grpc-js.mjs"), target, protoFolder]),
  };
}

function program(name: string): string {
  return fileURLToPath(new URL(`clients/${name}`, import.meta.url));
}

for (const { name, isHere } of foreignClients) {
  if (!isHere) process.stderr.write(`skipped: ${name} is not on this machine\n`);
}
