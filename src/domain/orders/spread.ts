// Spread. One amount over several, in proportion to weights, by the method of largest remainders.
//
// S1. The parts add up to the amount exactly. S2. Where the amount is at most the sum of the weights, no part is larger
// than its weight. S3. What is left after rounding down goes to the largest remainders, of equal ones to the first.

/**
 * The parts, minor units, in the order of the weights. All products go through BigInt.
 * @param amount 0 … 2^53 − 1.
 * @param weights each 0 … 2^53 − 1; not all of them 0 unless the amount is.
 * @throws RangeError when there is nothing to spread it over.
 */
export function spread(amount: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (amount === 0) return weights.map(() => 0);
  if (sum === 0n) throw new RangeError(`${amount} cannot be spread over nothing`);
  const products = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const parts = products.map((product) => Number(product / sum));
  const left = amount - Number(products.reduce((total, product) => total + product / sum, 0n));
  for (const place of byRemainder(products, sum).slice(0, left)) parts[place] = (parts[place] ?? 0) + 1;
  return parts;
}

/** Places of the products, that with the largest remainder first. */
function byRemainder(products: readonly bigint[], sum: bigint): number[] {
  const remainders = products.map((product) => product % sum);
  const order = (one: number, other: number) => {
    const difference = (remainders[other] ?? 0n) - (remainders[one] ?? 0n);
    if (difference === 0n) return 0;
    return difference > 0n ? 1 : -1;
  };
  // A stable sort: of equal remainders the first stays first.
  return products.map((_, place) => place).toSorted(order);
}
