import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { standardFailure } from "../../workflow-failure.ts";

/** What a file imports comes before it. @throws WorkflowFailure configuration for a circle */
export function orderFiles(files: ReadonlyMap<string, FileDescriptorProto>): FileDescriptorProto[] {
  const ordered = new Set<FileDescriptorProto>();
  const open = new Set<string>();
  const visit = (name: string): void => {
    const file = files.get(name);
    if (!file || ordered.has(file)) return;
    if (open.has(name))
      throw standardFailure(
        "configuration",
        "files or packages of the contract import one another in a circle",
      );
    open.add(name);
    file.dependency.forEach(visit);
    ordered.add(file);
  };
  for (const name of files.keys()) visit(name);
  return [...ordered];
}
