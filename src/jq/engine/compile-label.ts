import type { Compiler, NodeOf } from "./compiler.ts";
import { BreakSignal, type Filter, Label, many } from "./filter.ts";
import type { Scope } from "./scope.ts";

/** `label $out | …`: `break $out` ends what is behind it. */
export function compileLabel(node: NodeOf<"label">, scope: Scope, compiler: Compiler): Filter {
  const body = compiler.compile(node.body, scope.withLabel(node.name));
  return many((input, path, env, out) => {
    const label = new Label();
    try {
      return body.run(input, path, env.with(label), out);
    } catch (thrown) {
      if (!(thrown instanceof BreakSignal) || thrown.label !== label) throw thrown;
      return false;
    }
  });
}

export function compileBreak(node: NodeOf<"break">, scope: Scope, compiler: Compiler): Filter {
  const found = scope.findLabel(node.name);
  if (found === undefined) {
    throw compiler.error(node, `there is no label $${node.name} around this break`);
  }
  const hops = scope.hopsTo(found.depth);
  return many((_input, _path, env) => {
    throw new BreakSignal(env.outer(hops).bound as Label);
  });
}
