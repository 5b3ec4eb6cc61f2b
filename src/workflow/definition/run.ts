import { template } from "../expression/expression-readers.ts";
import type { Template } from "../expression/template.ts";
import { mapOf, mapOfAll, optional, required } from "../reading/map-readers.ts";
import { type Place, type Reader, withSecrets } from "../reading/reading.ts";
import {
  flag,
  listOf,
  mapped,
  nonEmptyText,
  notSupported,
  word,
} from "../reading/value-readers.ts";
import { externalResource, type ExternalResource } from "./external-resource.ts";

/** A program or another workflow. */
export interface Run {
  readonly process: RunProcess;
  /** False: it goes on by itself, and the output is the input. */
  readonly await: boolean;
  readonly return: "stdout" | "stderr" | "code" | "all" | "none";
}

export type RunProcess =
  | { readonly kind: "shell"; readonly command: Template; readonly options: ProcessOptions }
  | {
      readonly kind: "script";
      readonly language: "js" | "python";
      readonly source: ScriptSource;
      readonly options: ProcessOptions;
    }
  | {
      readonly kind: "workflow";
      readonly namespace: string;
      readonly name: string;
      /** `latest`, or a semantic version. */
      readonly version: string;
      readonly input: Template | undefined;
    };

export interface ProcessOptions {
  readonly stdin: Template | undefined;
  readonly arguments: readonly Template[] | undefined;
  readonly environment: ReadonlyMap<string, Template> | undefined;
}

export type ScriptSource =
  | { readonly kind: "code"; readonly code: Template }
  | { readonly kind: "resource"; readonly resource: ExternalResource };

const processProperties = {
  stdin: optional(template),
  arguments: optional(listOf(template)),
  environment: optional(mapOfAll(template)),
};

const misnomers = { args: "arguments", env: "environment", lang: "language", script: "code" };

const shell: Reader<RunProcess> = mapped(
  mapOf({ command: required(template), ...processProperties }, misnomers),
  ({ command, ...options }) => ({ kind: "shell", command, options: optionsOf(options) }),
);

const languages = { js: "js", javascript: "js", python: "python" } as const;

const scriptMap = mapOf(
  {
    language: required(word("js", "javascript", "python")),
    code: optional(template),
    source: optional(externalResource),
    ...processProperties,
  },
  misnomers,
);

const script: Reader<RunProcess> = mapped(scriptMap, (read, place) => {
  const { language, code, source, ...options } = read;
  const written: ScriptSource | undefined = code
    ? { kind: "code", code }
    : source && { kind: "resource", resource: source };
  if (!written || (code && source)) {
    return place.reading.refuse(place, "one-of", "takes one of code, source");
  }
  return {
    kind: "script",
    language: languages[language],
    source: written,
    options: optionsOf(options),
  };
});

const workflow: Reader<RunProcess> = mapped(
  mapOf({
    namespace: required(nonEmptyText),
    name: required(nonEmptyText),
    version: optional(nonEmptyText),
    input: optional(template),
  }),
  ({ namespace, name, version = "latest", input }) => ({
    kind: "workflow",
    namespace,
    name,
    version,
    input,
  }),
);

const container = (place: Place): undefined => notSupported(place, "running a container");

const runMap = mapOf({
  shell: optional(withSecrets(shell)),
  script: optional(withSecrets(script)),
  workflow: optional(workflow),
  container: optional(container),
  await: optional(flag),
  return: optional(word("stdout", "stderr", "code", "all", "none")),
});

export const run: Reader<Run> = mapped(runMap, (read, place) => {
  const processes = [read.shell, read.script, read.workflow].filter(
    (process) => process !== undefined,
  );
  const [process] = processes;
  if (!process || processes.length > 1) {
    return place.reading.refuse(place, "one-of", "takes one of shell, script, workflow");
  }
  return { process, await: read.await ?? true, return: read.return ?? "stdout" };
});

function optionsOf({
  stdin,
  arguments: words,
  environment,
}: {
  readonly [Name in keyof ProcessOptions]?: ProcessOptions[Name];
}): ProcessOptions {
  return { stdin, arguments: words, environment };
}
