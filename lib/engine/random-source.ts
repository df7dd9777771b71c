/**
 * Randomness that replays: java.util.Random's generator, exact to the bit, because the service's `$random(seed)` is
 * that one (42 gives 0.7275636800328681). Everything random in an execution (jitter, tokens, `$random`, `$uuid`) is drawn
 * from ones that are seeded by the execution's seed and the place where they are drawn: what a branch draws does not
 * depend on what its siblings did meanwhile.
 */

/** 48-bit linear congruential generator, held as two 24-bit halves: products stay below 2^53. */
export class RandomSource {
  #high: number;
  #low: number;

  constructor(seed: number) {
    const bits = BigInt.asUintN(48, BigInt(seed) ^ 0x5deece66dn);
    this.#high = Number(bits >> 24n);
    this.#low = Number(bits & 0xffffffn);
  }

  /** Of a place within something that has a seed. */
  static of(seed: number, place: string): RandomSource {
    return new RandomSource(seedAt(seed, place));
  }

  /** Uniform in [0, 1), as java.util.Random.nextDouble. */
  next(): number {
    return (this.#bits(26) * 2 ** 27 + this.#bits(27)) / 2 ** 53;
  }

  /** A version 4 UUID. */
  uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.#bits(32).toString(16).padStart(8, '0')).join('');
    const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) & 3];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  #bits(count: number): number {
    // seed = seed * 0x5DEECE66D + 0xB mod 2^48, with 0x5DEECE66D = 0x5DE * 2^24 + 0xECE66D
    const low = this.#low * 0xece66d + 0xb;
    const carry = Math.floor(low / 0x1000000);
    this.#high = (this.#high * 0xece66d + this.#low * 0x5de + carry) % 0x1000000;
    this.#low = low % 0x1000000;
    return Math.floor((this.#high * 0x1000000 + this.#low) / 2 ** (48 - count));
  }
}

/** 32 bits of a seed and a text (FNV-1a). */
export function seedAt(seed: number, place: string): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (let index = 0; index < place.length; index += 1)
    hash = Math.imul(hash ^ place.charCodeAt(index), 0x01000193) >>> 0;
  return hash;
}
