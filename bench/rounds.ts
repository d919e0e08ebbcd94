/**
 * Measures several things side by side: every round measures each of them once, and every other round in the opposite
 * order, so that what a neighbour, a cache or a growing table does to one of them it does to all.
 *
 * @returns what `measure` said, by thing, one value a round
 */
export async function pairedRounds<Name extends string, Value>(
  names: readonly Name[],
  rounds: number,
  measure: (name: Name) => Promise<Value>,
): Promise<Record<Name, Value[]>> {
  const values = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Value[]>;
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) values[name].push(await measure(name));
  }
  return values;
}
