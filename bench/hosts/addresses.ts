/** So many addresses behind the first of two or three numbers. */
export function addressesOf(prefix: string, count: number): string[] {
  const [first, second, third = '0'] = prefix.split('.');
  return Array.from(
    { length: count },
    (_, n) => `${first}.${second}.${Number(third) + Math.floor(n / 250)}.${1 + (n % 250)}`,
  );
}
