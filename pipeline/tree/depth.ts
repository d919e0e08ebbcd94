/** Whether a JSON value has more levels than the limit; looks level by level, so it may be as deep as it likes. */
export function isDeeperThan(input: unknown, limit: number): boolean {
  let level = isContainer(input) ? [input] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > limit) return true;
    const next: object[] = [];
    for (const value of level) {
      for (const child of Object.values(value)) if (isContainer(child)) next.push(child);
    }
    level = next;
  }
  return false;
}

/** How many levels a JSON value has. */
export function depthOf(input: unknown): number {
  let depth = 0;
  for (
    let level = containersIn([input]);
    level.length > 0;
    level = level.flatMap((value) => containersIn(Object.values(value)))
  ) {
    depth += 1;
  }
  return depth;
}

function containersIn(values: readonly unknown[]): object[] {
  return values.filter(isContainer);
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
