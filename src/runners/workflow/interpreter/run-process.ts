import type { Run, RunProcess } from "../../../workflow/definition/run.ts";
import { evaluateTemplate } from "../../../workflow/expression/template.ts";
import type { DirectProcess } from "../workflow-host.ts";
import { performEffect } from "./effect.ts";
import type { Done, Visit } from "./frame.ts";
import { runChild, startChild } from "./run-child.ts";
import { scopeOfVisit } from "./scopes.ts";

const processTimeoutMs = 3_600_000;

/** Runs a program, or another workflow. */
export async function runProcess(visit: Visit, { run }: { readonly run: Run }): Promise<Done> {
  const { process } = run;
  if (process.kind === "workflow") return await runWorkflowChild(visit, run, process);
  const output = await performEffect(
    visit,
    { timeoutMs: processTimeoutMs, onUnknown: "fail" },
    (place) => visit.frame.run.host.runProcess(process satisfies DirectProcess, run, place),
  );
  return { output: run.return === "none" ? visit.input : output };
}

async function runWorkflowChild(
  visit: Visit,
  run: Run,
  { namespace, name, version, input }: Extract<RunProcess, { kind: "workflow" }>,
): Promise<Done> {
  const request = {
    kind: "workflow",
    name: `${namespace}/${name}`,
    version,
    input: input ? evaluateTemplate(input, scopeOfVisit(visit)) : {},
    pointer: visit.task.pointer,
  } as const;
  if (!run.await) {
    await startChild(visit, request);
    return { output: visit.input };
  }
  const output = await runChild(visit, request);
  return { output: run.return === "none" ? visit.input : output };
}
