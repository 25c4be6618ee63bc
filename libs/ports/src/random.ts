/** A stream of random numbers. Named streams are independent: a new consumer does not shift the others. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform whole number in [0, bound). */
  nextInt(bound: number): number;
  /** `bytes` random bytes as lower-case hexadecimal. */
  hex(bytes: number): string;
  /** The stream of this name, derived from this stream's seed (not from its position). */
  stream(name: string): Random;
}
