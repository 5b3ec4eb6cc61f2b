/** Coefficients of the Lanczos approximation, g = 7, n = 9. */
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const;

export function trueGamma(x: number): number {
  if (Number.isInteger(x)) return factorialBefore(x);
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * trueGamma(1 - x));
  return Math.exp(lnGamma(x));
}

/** The natural logarithm of the size of the gamma function. */
export function lnGamma(x: number): number {
  if (x === 1 || x === 2) return 0;
  if (Math.abs(x) === Infinity || (x <= 0 && Number.isInteger(x))) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lnGamma(1 - x);
  const [first, ...rest] = lanczos;
  const base = x - 1;
  const sum = rest.reduce<number>((total, each, index) => total + each / (base + index + 1), first);
  const t = base + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (base + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** 1 or -1. */
export function gammaSign(x: number): number {
  return x < 0 && Math.floor(x) % 2 !== 0 ? -1 : 1;
}

/** Gamma of a whole number. */
function factorialBefore(x: number): number {
  if (x <= 0) return Number.NaN;
  if (x > 171) return Infinity;
  let product = 1;
  for (let factor = 2; factor < x; factor += 1) product *= factor;
  return product;
}

/** By the series whose terms are all positive, so that nothing cancels out. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  let [term, sum] = [size, size];
  for (let n = 1; Math.abs(term) > Number.EPSILON * Math.abs(sum) * 0.1 && n < 500; n += 1) {
    term *= (2 * size * size) / (2 * n + 1);
    sum += term;
  }
  return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-size * size) * sum;
}
