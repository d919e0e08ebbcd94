import { eventually } from './eventually';

const SOON = { withinMs: 40, everyMs: 1 };

/** Gives one after the other, and the last again and again; errors are thrown. */
function inTurn<T>(...seen: (T | Error)[]): () => Promise<T> {
  return async () => {
    const next = seen.length > 1 ? seen.shift()! : seen[0]!;
    if (next instanceof Error) throw next;
    return next;
  };
}

describe('eventually', () => {
  it('gives the first that is something', async () => {
    expect(await eventually('it is there', inTurn<unknown>(undefined, null, false, 0, 1), { everyMs: 1 })).toBe(0);
  });

  it('gives the first that is wanted', async () => {
    expect(await eventually('it is 2', inTurn(0, 1, 2, 3), { everyMs: 1, isWanted: (seen) => seen === 2 })).toBe(2);
  });

  it('says what it waited for and what it saw last', async () => {
    const waiting = eventually('it ends', inTurn({ state: 'RUNNING' }), { ...SOON, isWanted: () => false });

    await expect(waiting).rejects.toThrow("waited 40 ms in vain until it ends; last seen: { state: 'RUNNING' }");
  });

  it('ends with the first error of a look, so that a broken look is told at once', async () => {
    await expect(eventually('it ends', inTurn<number>(new Error('broken'), 1))).rejects.toThrow(/^broken$/);
  });

  it('looks again despite errors where that is said, and then tells the last', async () => {
    const despite = { ...SOON, despiteErrors: true };

    expect(await eventually('it serves', inTurn<number>(new Error('away'), 1), despite)).toBe(1);
    await expect(eventually('it serves', inTurn<number>(new Error('away')), despite)).rejects.toMatchObject({
      message: 'waited 40 ms in vain until it serves; the last look failed: Error: away',
      cause: new Error('away'),
    });
  });
});
