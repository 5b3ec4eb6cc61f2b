import { nearestName } from "../../contract/nearest-name.ts";
import { everyTask } from "../../workflow/definition/every-task.ts";
import type { Task } from "../../workflow/definition/task.ts";
import type { WorkflowDefinition } from "../../workflow/definition/workflow-definition.ts";
import { type Finding, pointerTo } from "../../workflow/reading/finding.ts";
import type { ReadBy } from "../../workflow/reading/reading.ts";
import type { TestCase, testFileFormat } from "./test-file-format.ts";

/** Mocks and expectations that are about no task, and cases that are called alike. */
export function checkNames(
  written: ReadBy<typeof testFileFormat>,
  definition: WorkflowDefinition,
): Finding[] {
  const checker = new NameChecker(definition);
  checker.checkMocks(written.mocks?.keys() ?? [], "/mocks");
  const names = new Set<string>();
  for (const [index, test] of written.cases.entries()) {
    const pointer = `/cases/${index}`;
    if (names.has(test.name))
      checker.refuse(`${pointer}/name`, "unique", `there is another case "${test.name}"`);
    names.add(test.name);
    checker.checkCase(test, pointer);
  }
  return checker.findings;
}

class NameChecker {
  readonly findings: Finding[] = [];
  readonly #tasks: readonly Task[];

  constructor(definition: WorkflowDefinition) {
    this.#tasks = everyTask(definition);
  }

  checkCase({ mocks, expect }: TestCase, pointer: string): void {
    this.checkMocks(mocks?.keys() ?? [], `${pointer}/mocks`);
    this.#checkTasks(expect?.tasks?.keys() ?? [], `${pointer}/expect/tasks`);
    this.checkMocks(expect?.calls?.keys() ?? [], `${pointer}/expect/calls`);
    for (const [index, name] of (expect?.notRun ?? []).entries()) {
      this.#checkTask(name, `${pointer}/expect/notRun/${index}`);
    }
  }

  /** Each must be a task that does something in the world. */
  checkMocks(targets: Iterable<string>, pointer: string): void {
    for (const target of targets) {
      const at = pointerTo(pointer, target);
      const found = this.#checkTask(target, at);
      if (found.length === 0 || found.some(hasEffect)) continue;
      const kind = found[0]?.body.kind ?? "";
      this.refuse(at, "kind", `is a task of kind ${kind}, which does nothing that has a mock`);
    }
  }

  refuse(pointer: string, rule: string, message: string): void {
    this.findings.push({ severity: "error", pointer, rule, message });
  }

  #checkTasks(targets: Iterable<string>, pointer: string): void {
    for (const target of targets) this.#checkTask(target, pointerTo(pointer, target));
  }

  #checkTask(target: string, at: string): readonly Task[] {
    const found = this.#tasks.filter(({ name, pointer }) => target === name || target === pointer);
    if (found.length > 0) return found;
    const candidates = target.startsWith("/")
      ? this.#tasks.map(({ pointer }) => pointer)
      : this.#tasks.map(({ name }) => name);
    const nearest = nearestName(target, candidates);
    const hint =
      nearest === undefined
        ? `there are ${[...new Set(candidates)].join(", ")}`
        : `did you mean "${nearest}"?`;
    this.refuse(at, "unknown-name", `there is no task "${target}"; ${hint}`);
    return [];
  }
}

/** A function stands for its own task, which is what is mocked. */
function hasEffect({ body }: Task): boolean {
  return body.kind === "run" || (body.kind === "call" && body.call.kind !== "function");
}
