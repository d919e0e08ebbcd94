/**
 * Next number in [0, 1) of the mulberry32 sequence; its whole state is the seed. Good enough for `random.choice` in an
 * expression, and the same on every replay.
 */
export function nextRandom(holder: { seed: number }): number {
  holder.seed = (holder.seed + 0x6d2b79f5) | 0;
  let bits = Math.imul(holder.seed ^ (holder.seed >>> 15), 1 | holder.seed);
  bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
  return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
}
