// Exact sum. A sum of safe integers that may itself be larger than any of them.

/** Up to here another safe integer of this size can be added and the sum is still exact. */
const EXACT_MAX = 2 ** 52;

export class ExactSum {
  private small = 0;
  private large = 0n;

  /** @param amount a safe integer */
  add(amount: number): void {
    if (amount > EXACT_MAX || amount < -EXACT_MAX) {
      this.large += BigInt(amount);
      return;
    }
    this.small += amount;
    if (this.small <= EXACT_MAX && this.small >= -EXACT_MAX) return;
    this.large += BigInt(this.small);
    this.small = 0;
  }

  get value(): bigint {
    return this.large + BigInt(this.small);
  }
}
