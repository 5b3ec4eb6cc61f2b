import { StigmerError } from "../../contract/errors.ts";
import type { Workflow } from "../../contract/gen/ai/stigmer/agentic/workflow/v1/api_pb.ts";
import type { InputSource } from "../input/read-text.ts";
import type { ManifestDocument } from "../manifest/manifest-document.ts";
import { readManifest } from "../manifest/read-manifest.ts";

export interface FileWorkflow {
  readonly workflow: Workflow;
  /** Where everything of it stands. */
  readonly document: ManifestDocument;
}

/**
 * Reads the one workflow of a file, a resource or a document of the specification.
 *
 * @throws StigmerError `invalid-argument` with every mistake and where it stands; `usage` when the
 * file holds anything else
 */
export async function readFileWorkflow(file: string, source: InputSource): Promise<FileWorkflow> {
  const [first, second] = await readManifest([file], source);
  const resource = first?.document.resource;
  if (!first || resource?.case !== "workflow") throw notOne(`${file} holds no workflow.`, file);
  if (second) throw notOne(`${second.place}: ${file} holds more than one resource.`, file);
  return { workflow: resource.value, document: first };
}

function notOne(message: string, file: string): StigmerError {
  return new StigmerError("usage", message, {
    hint: `write one workflow into it, or store all there is: stigmer apply -f ${file}`,
  });
}
