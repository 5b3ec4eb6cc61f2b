import { builtins } from "../builtins/all-builtins.ts";
import type { NodeOf } from "./compiler.ts";
import type { Scope } from "./scope.ts";

/** `foo/1 is not defined; did you mean …?` */
export function unknownFunction({ name, args }: NodeOf<"call">, scope: Scope): string {
  const known = [
    ...builtins.map((builtin) => ({ name: builtin.name, arity: builtin.arity })),
    ...[...scope.bindings()].flatMap((binding) => {
      if (binding.kind === "function") {
        return { name: binding.name, arity: binding.parameters.length };
      }
      return binding.kind === "closure" ? { name: binding.name, arity: 0 } : [];
    }),
  ];
  const sameName = known.filter((candidate) => candidate.name === name);
  const what = `${name}/${args.length} is not defined`;
  if (sameName.length > 0) {
    const arities = [...new Set(sameName.map(({ arity }) => arity))].toSorted(
      (one, more) => one - more,
    );
    return `${what}: ${name} takes ${arities.join(" or ")} arguments`;
  }
  return (
    what +
    suggestion(
      name,
      known.map((candidate) => candidate.name),
      "",
    )
  );
}

export function unknownVariable(name: string, scope: Scope): string {
  const known = [...scope.bindings()].flatMap((binding) =>
    binding.kind === "value" || binding.kind === "global" ? binding.name : [],
  );
  return `$${name} is not defined${suggestion(name, [...known, "ENV"], "$")}`;
}

function suggestion(name: string, known: readonly string[], prefix: string): string {
  const limit = Math.max(1, Math.floor(name.length / 3));
  const [nearest] = [...new Set(known)]
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((one, other) => one.distance - other.distance);
  return nearest ? `; did you mean ${prefix}${nearest.candidate}?` : "";
}

/** How many letters have to be put in, taken out or replaced. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1];
    for (const [column, against] of Array.from(other).entries()) {
      const replaced = (row[column] ?? 0) + (letter === against ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
