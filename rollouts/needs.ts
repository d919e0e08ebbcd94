/** How many hosts of another pool are to be there for so many of one (orion §8). */
export function neededFor(hosts: number, ratio: number): number {
  return upwards(hosts * ratio);
}

/** For how many hosts of a pool those of another one are enough. */
export function enoughFor(there: number, ratio: number): number {
  return upwards(there / ratio);
}

/** Products of what is not binary are a little more than they should be: 10 times 1.1 is not 12 hosts. */
function upwards(value: number): number {
  return Math.ceil(Number(value.toFixed(9)));
}
