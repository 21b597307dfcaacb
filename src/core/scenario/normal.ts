import { exponential } from "../numbers/mod.ts";

/**
 * Probability that a standard normal variable is at most `x`; 0 and 1 at the infinities. Its relative error is below 1e-13
 * for `x >= -8`, and 12 digits are right down to -37, where doubles end: options far out of the money are priced by
 * exactly these tails.
 */
export function normalCdf(x: number): number {
  return complementaryError(-x * Math.SQRT1_2) / 2;
}

/**
 * Complementary error function by the rational approximations of W. J. Cody, "Rational Chebyshev approximations for the
 * error function", Mathematics of Computation 23 (1969), 631-637, with the coefficients of his CALERF (SPECFUN, Netlib).
 */
function complementaryError(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return 1 - x * ratio(size * size, inner);
  const tail = size <= 4 ? ratio(size, middle) * gauss(size) : farTail(size);
  return x < 0 ? 2 - tail : tail;
}

/** Beyond 4, where the approximation is one of 1/x^2. */
function farTail(x: number): number {
  // the least double is larger
  if (x > 27.3) return 0;
  const square = 1 / (x * x);
  return (oneBySqrtPi - square * ratio(square, outer)) / x * gauss(x);
}

/** e^(-x^2), with x^2 in two parts: rounded as one, it would cost digits of a large x. */
function gauss(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return exponential(-coarse * coarse) * exponential(-(x - coarse) * (x + coarse));
}

const oneBySqrtPi = 0.56418958354775628695;

/** Coefficients of numerator and denominator, the highest power first. */
interface Ratio {
  readonly above: readonly number[];
  readonly below: readonly number[];
}

function ratio(x: number, { above, below }: Ratio): number {
  const polynomial = (coefficients: readonly number[]) => coefficients.reduce((sum, next) => sum * x + next);
  return polynomial(above) / polynomial(below);
}

const inner: Ratio = {
  above: [
    1.85777706184603153e-1,
    3.16112374387056560,
    1.13864154151050156e2,
    3.77485237685302021e2,
    3.20937758913846947e3,
  ],
  below: [
    1,
    2.36012909523441209e1,
    2.44024637934444173e2,
    1.28261652607737228e3,
    2.84423683343917062e3,
  ],
};

const middle: Ratio = {
  above: [
    2.15311535474403846e-8,
    5.64188496988670089e-1,
    8.88314979438837594,
    6.61191906371416295e1,
    2.98635138197400131e2,
    8.81952221241769090e2,
    1.71204761263407058e3,
    2.05107837782607147e3,
    1.23033935479799725e3,
  ],
  below: [
    1,
    1.57449261107098347e1,
    1.17693950891312499e2,
    5.37181101862009858e2,
    1.62138957456669019e3,
    3.29079923573345963e3,
    4.36261909014324716e3,
    3.43936767414372164e3,
    1.23033935480374942e3,
  ],
};

const outer: Ratio = {
  above: [
    1.63153871373020978e-2,
    3.05326634961232344e-1,
    3.60344899949804439e-1,
    1.25781726111229246e-1,
    1.60837851487422766e-2,
    6.58749161529837803e-4,
  ],
  below: [
    1,
    2.56852019228982242,
    1.87295284992346725,
    5.27905102951428412e-1,
    6.05183413124413191e-2,
    2.33520497626869185e-3,
  ],
};
