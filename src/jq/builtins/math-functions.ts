import { JqError } from "../errors.ts";
import { describe } from "../values/describe.ts";
import { erf, gammaSign, lnGamma, trueGamma } from "../values/gamma.ts";
import type { JqValue } from "../values/value.ts";
import { type Builtin, definedFunction, valueFunction } from "./builtin.ts";

const ofOne: Readonly<Record<string, readonly [doc: string, compute: (x: number) => number]>> = {
  floor: ["Rounded down.", Math.floor],
  ceil: ["Rounded up.", Math.ceil],
  round: ["Rounded, halves away from zero.", (x) => Math.sign(x) * Math.round(Math.abs(x))],
  trunc: ["Rounded towards zero.", Math.trunc],
  rint: ["Rounded, halves to even.", roundToEven],
  nearbyint: ["Rounded, halves to even.", roundToEven],
  fabs: ["Without its sign.", Math.abs],
  sqrt: ["The square root.", Math.sqrt],
  cbrt: ["The cube root.", Math.cbrt],
  exp: ["e to this power.", Math.exp],
  exp2: ["2 to this power.", (x) => 2 ** x],
  exp10: ["10 to this power.", (x) => 10 ** x],
  expm1: ["e to this power, less 1.", Math.expm1],
  log: ["The natural logarithm.", Math.log],
  log2: ["The logarithm to base 2.", Math.log2],
  log10: ["The logarithm to base 10.", Math.log10],
  log1p: ["The natural logarithm of 1 more.", Math.log1p],
  sin: ["The sine of radians.", Math.sin],
  cos: ["The cosine of radians.", Math.cos],
  tan: ["The tangent of radians.", Math.tan],
  asin: ["The arc sine in radians.", Math.asin],
  acos: ["The arc cosine in radians.", Math.acos],
  atan: ["The arc tangent in radians.", Math.atan],
  sinh: ["The hyperbolic sine.", Math.sinh],
  cosh: ["The hyperbolic cosine.", Math.cosh],
  tanh: ["The hyperbolic tangent.", Math.tanh],
  asinh: ["The inverse hyperbolic sine.", Math.asinh],
  acosh: ["The inverse hyperbolic cosine.", Math.acosh],
  atanh: ["The inverse hyperbolic tangent.", Math.atanh],
  significand: [
    "The part between 1 and 2 of its binary form.",
    (x) => (isSpecial(x) ? x : x / 2 ** exponentOf(x)),
  ],
  logb: [
    "The exponent of its binary form.",
    (x) => (x === 0 ? -Infinity : isSpecial(x) ? Math.abs(x) : exponentOf(x)),
  ],
  gamma: ["The natural logarithm of the gamma function.", lnGamma],
  lgamma: ["The natural logarithm of the gamma function.", lnGamma],
  tgamma: ["The gamma function.", trueGamma],
  erf: ["The error function.", erf],
  erfc: ["1 less the error function.", (x) => 1 - erf(x)],
};

const ofTwo: Readonly<
  Record<string, readonly [doc: string, compute: (x: number, y: number) => number]>
> = {
  pow: ["`x` to the power `y`.", (x, y) => (x === 1 ? 1 : x ** y)],
  atan2: ["The angle of a point.", Math.atan2],
  hypot: ["The distance of a point from the origin.", Math.hypot],
  fmod: ["The remainder, with the sign of `x`.", (x, y) => x % y],
  fmin: ["The lesser one.", (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.min(x, y))],
  fmax: [
    "The greater one.",
    (x, y) => (Number.isNaN(x) ? y : Number.isNaN(y) ? x : Math.max(x, y)),
  ],
  fdim: ["How much `x` is greater, or 0.", (x, y) => (x > y ? x - y : x <= y ? 0 : Number.NaN)],
  copysign: [
    "The size of `x` with the sign of `y`.",
    (x, y) => (isNegative(y) ? -Math.abs(x) : Math.abs(x)),
  ],
  ldexp: ["`x` times 2 to the power `y`.", (x, y) => x * 2 ** y],
  scalb: ["`x` times 2 to the power `y`.", (x, y) => x * 2 ** y],
  scalbln: ["`x` times 2 to the power `y`.", (x, y) => x * 2 ** y],
  drem: ["The remainder of the nearest whole quotient.", remainder],
  remainder: ["The remainder of the nearest whole quotient.", remainder],
  nextafter: ["The next double from `x` towards `y`.", nextAfter],
  nexttoward: ["The next double from `x` towards `y`.", nextAfter],
};

export const mathFunctions: readonly Builtin[] = [
  ...Object.entries(ofOne).map(([name, [doc, compute]]) =>
    valueFunction(name, doc, (input) => compute(numberOf(input))),
  ),
  ...Object.entries(ofTwo).map(([name, [doc, compute]]) =>
    valueFunction(`${name}(x; y)`, doc, (_, [x = null, y = null]) =>
      compute(numberOf(x), numberOf(y)),
    ),
  ),
  valueFunction(
    "fma(x; y; z)",
    "`x` times `y`, plus `z`.",
    (_, [x = null, y = null, z = null]) => numberOf(x) * numberOf(y) + numberOf(z),
  ),
  valueFunction(
    "frexp",
    "`[m, e]` with m from 0.5 to 1, so that the input is m times 2 to the power e.",
    (input) => fraction(numberOf(input)),
  ),
  valueFunction("modf", "`[fraction, whole]`.", (input) => {
    const x = numberOf(input);
    return [Math.abs(x) === Infinity ? 0 : x - Math.trunc(x), Math.trunc(x)];
  }),
  valueFunction("lgamma_r", "`[logarithm of the gamma function, its sign]`.", (input) => [
    lnGamma(numberOf(input)),
    gammaSign(numberOf(input)),
  ]),
  definedFunction(
    "abs",
    "A number without its sign; everything else as it is.",
    'if type == "number" then fabs elif . < 0 then -. else . end',
  ),
  valueFunction("infinite", "Infinity.", () => Infinity),
  valueFunction("nan", "Not a number.", () => Number.NaN),
  valueFunction(
    "isinfinite",
    "Is the number infinite?",
    (input) => Math.abs(numberOf(input)) === Infinity,
  ),
  valueFunction("isnan", "Is it not a number?", (input) => Number.isNaN(numberOf(input))),
  valueFunction("isnormal", "Is the number neither 0, infinite, NaN nor tiny?", (input) =>
    isNormal(numberOf(input)),
  ),
  definedFunction("isfinite", "Is it a finite number?", 'type == "number" and (isinfinite | not)'),
  definedFunction(
    "finites",
    "Its input, when it is a finite number.",
    "select(isinfinite or isnan | not)",
  ),
  definedFunction("normals", "Its input, when it is a normal number.", "select(isnormal)"),
];

function numberOf(value: JqValue): number {
  if (typeof value === "number") return value;
  throw new JqError(`${describe(value)} number required`);
}

function isSpecial(x: number): boolean {
  return x === 0 || !Number.isFinite(x);
}

function isNegative(x: number): boolean {
  return x < 0 || Object.is(x, -0);
}

function isNormal(x: number): boolean {
  return Number.isFinite(x) && Math.abs(x) >= 2 ** -1022;
}

/** The e for which the size is from 2^e to 2^(e+1). */
function exponentOf(x: number): number {
  const size = Math.abs(x);
  const guess = Math.floor(Math.log2(size));
  if (2 ** guess > size) return guess - 1;
  return 2 ** (guess + 1) <= size ? guess + 1 : guess;
}

function fraction(x: number): [number, number] {
  if (isSpecial(x)) return [x, 0];
  const exponent = exponentOf(x) + 1;
  return [x / 2 ** exponent, exponent];
}

function roundToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

function remainder(x: number, y: number): number {
  return Math.abs(y) === Infinity && Number.isFinite(x) ? x : x - y * roundToEven(x / y);
}

function nextAfter(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === y) return y;
  if (x === 0) return y > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  const away = x > 0 === y > x;
  view.setBigInt64(0, view.getBigInt64(0) + (away ? 1n : -1n));
  return view.getFloat64(0);
}
