import { arrayFunctions } from "./array-functions.ts";
import { type Builtin, valueFunction } from "./builtin.ts";
import { coreFunctions } from "./core-functions.ts";
import { dateFunctions } from "./date-functions.ts";
import { mathFunctions } from "./math-functions.ts";
import { objectFunctions } from "./object-functions.ts";
import { orderFunctions } from "./order-functions.ts";
import { pathFunctions } from "./path-functions.ts";
import { regexFunctions } from "./regex-functions.ts";
import { streamFunctions } from "./stream-functions.ts";
import { stringFunctions } from "./string-functions.ts";

const families = [
  ...coreFunctions,
  ...pathFunctions,
  ...streamFunctions,
  ...arrayFunctions,
  ...orderFunctions,
  ...objectFunctions,
  ...stringFunctions,
  ...regexFunctions,
  ...mathFunctions,
  ...dateFunctions,
];

/** Every function that a program has without defining it. */
export const builtins: readonly Builtin[] = [
  ...families,
  valueFunction("builtins", "The names of all these functions, as `name/arity`.", () => [
    ...families.map(({ name, arity }) => `${name}/${arity}`),
    "builtins/0",
  ]),
];

const byKey: ReadonlyMap<string, Builtin> = new Map(
  builtins.map((builtin) => [`${builtin.name}/${builtin.arity}`, builtin]),
);

export function findBuiltin(name: string, arity: number): Builtin | undefined {
  return byKey.get(`${name}/${arity}`);
}
