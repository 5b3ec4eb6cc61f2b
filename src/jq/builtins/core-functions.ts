import { JqError } from "../errors.ts";
import { collect, type Filter, forEachValue, many, type Path, single } from "../engine/filter.ts";
import { HaltSignal } from "../engine/halt-signal.ts";
import { iterate } from "../engine/compile-access.ts";
import { describe } from "../values/describe.ts";
import { isTrue, type JqValue, typeOf } from "../values/value.ts";
import { type Builtin, definedFunction, filterFunction, valueFunction } from "./builtin.ts";

export const coreFunctions: readonly Builtin[] = [
  filterFunction("empty", "No result.", () => many(() => false)),
  valueFunction("error", "Raises its input as an error.", raise),
  valueFunction("error(message)", "Raises a value as an error.", (_, [message = null]) =>
    raise(message),
  ),
  valueFunction(
    "not",
    "True for null and false, false for everything else.",
    (input) => !isTrue(input),
  ),
  valueFunction("type", 'The type of a value: `"null"`, `"boolean"`, `"number"`, ….', typeOf),
  filterFunction("select(f)", "Its input, when the condition is true.", ([condition]) =>
    many((input, path, env, out) =>
      forEachValue(condition, input, env, (value) => isTrue(value) && out(input, path)),
    ),
  ),
  filterFunction("recurse", "A value and everything inside it; the same as `..`.", () =>
    many((input, path, env, out) =>
      everything(input, path, env.run.meter.step.bind(env.run.meter), out),
    ),
  ),
  definedFunction(
    "recurse(f)",
    "Its input, then what `f` makes of it, and so on.",
    "def r: ., (f | r); r",
  ),
  definedFunction(
    "recurse(f; condition)",
    "The same, as long as the condition holds.",
    "def r: ., (f | select(condition) | r); r",
  ),
  filterFunction("map(f)", "An array of what `f` makes of every element.", ([f]) => mapped(f)),
  definedFunction(
    "map_values(f)",
    "Every element replaced by the first result of `f`.",
    ".[] |= f",
  ),
  definedFunction("values", "Its input, unless it is null.", "select(. != null)"),
  definedFunction("nulls", "Its input, when it is null.", "select(. == null)"),
  ...(["boolean", "number", "string", "array", "object"] as const).map((type) =>
    definedFunction(
      `${type}s`,
      `Its input, when it is of type ${type}.`,
      `select(type == "${type}")`,
    ),
  ),
  definedFunction(
    "iterables",
    "Arrays and objects.",
    'select(type | . == "array" or . == "object")',
  ),
  definedFunction(
    "scalars",
    "What is neither array nor object.",
    'select(type | . != "array" and . != "object")',
  ),
  definedFunction(
    "walk(f)",
    "Applies `f` to every part of a value, the innermost first.",
    'def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w',
  ),
  definedFunction("env", "The environment variables that the program may see.", "$ENV"),
  valueFunction("halt", "Ends the program without another result.", () => {
    throw new HaltSignal(undefined);
  }),
  definedFunction("halt_error", "Ends the program with its input as the error.", "halt_error(5)"),
  valueFunction(
    "halt_error(code)",
    "Ends the program with its input as the error, whatever `try` is around it.",
    (input, [code = null]) => {
      if (typeof code !== "number") throw new JqError("halt_error/1: number required");
      throw new HaltSignal(new JqError(input));
    },
  ),
  filterFunction("input", "The next input: there is only one, so it is an error.", () =>
    single(() => raise("No more inputs")),
  ),
  definedFunction("inputs", "All other inputs: none.", "empty"),
  valueFunction("input_filename", "Null: the input is no file.", () => null),
  valueFunction("input_line_number", "0: the input is no file.", () => 0),
  valueFunction("debug", "Its input; messages go nowhere.", (input) => input),
  filterFunction("debug(message)", "Its input; the message goes nowhere.", ([message]) =>
    many((input, path, env, out) => {
      collect(message, input, env);
      return out(input, path);
    }),
  ),
  valueFunction("stderr", "Its input; nothing is written.", (input) => input),
  valueFunction("have_literal_numbers", "True.", () => true),
  valueFunction("have_decnum", "False: numbers are doubles.", () => false),
  valueFunction("toarray", "Its input in an array, unless it is one.", (input) =>
    Array.isArray(input) ? input : [input],
  ),
  valueFunction("get_search_list", "Empty: there are no modules.", () => []),
];

function raise(value: JqValue): never {
  const message = typeof value === "string" ? value : `${describe(value)} (not a string)`;
  throw new JqError(value, message);
}

function mapped(f: Filter): Filter {
  return single((input, env) => {
    const { meter } = env.run;
    const values: JqValue[] = [];
    iterate(input, undefined, (item) => {
      meter.step();
      return forEachValue(f, item, env, (value) => {
        meter.allocate(8);
        values.push(value);
        return false;
      });
    });
    return values;
  });
}

function everything(
  value: JqValue,
  path: Path | undefined,
  step: () => void,
  out: (value: JqValue, path: Path | undefined) => boolean,
): boolean {
  step();
  if (out(value, path)) return true;
  if (typeof value !== "object" || value === null) return false;
  return iterate(value, path, (item, at) => everything(item, at, step, out));
}
