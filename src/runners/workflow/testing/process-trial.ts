import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "../../../contract/json.ts";
import type { ProcessHost } from "../processes/process-host.ts";
import { runProcess } from "../processes/run-process.ts";
import type { DirectProcess } from "../workflow-host.ts";
import { bodyOf, definitionOf, hostOf, placeOf, type TrialOptions } from "./call-trial.ts";

export interface ProcessTrialOptions extends TrialOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly released?: AbortSignal;
  readonly childTag?: string;
}

/** Runs one program as a task of a definition would. */
export async function tryRun(run: Json, options: ProcessTrialOptions = {}): Promise<Json> {
  const definition = definitionOf({ run }, options);
  const body = bodyOf(definition);
  if (body.kind !== "run") throw new Error(`a ${body.kind} runs nothing`);
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "process-trial-"));
  const host: ProcessHost = {
    ...hostOf(definition, { ...options, folder }),
    environment: { PATH: process.env["PATH"], ...options.environment },
    childTag: options.childTag ?? "trial#1",
    self: { command: process.execPath, args: [] },
    scratch: folder,
    released: options.released ?? new AbortController().signal,
  };
  return runProcess(body.run.process as DirectProcess, body.run, placeOf(options), host);
}
