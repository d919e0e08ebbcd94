import { readOptions, USAGE } from '../../bench/faults/options';
import { isMisuse } from '../../cli/misuse';

describe('what is typed after npm run faults --', () => {
  it('names what is broken, how often and by which seed', () => {
    expect(readOptions(['hosts', '--rounds', '100', '--seed', '7'])).toMatchObject({
      names: ['hosts'],
      rounds: 100,
      seed: 7,
    });
  });

  it('is a stack with nothing named', () => {
    expect(readOptions([])?.names).toEqual(expect.arrayContaining(['worker', 'api', 'temporal', 'postgres']));
    expect(readOptions([])?.names).not.toContain('hosts');
  });

  it.each(['--help', '-h'])('asks for help by %s, wherever that stands', (word) => {
    expect(readOptions(['hosts', word, '--nonsense'])).toBeUndefined();
    expect(USAGE).toContain('--rounds N');
  });

  it.each([
    [['nonsense'], 'does not know nonsense'],
    [['--nonsense'], 'does not know --nonsense'],
    [['--rounds'], '--rounds needs a number above 0'],
    [['--rounds', 'many'], '--rounds needs a number above 0'],
    [['--rounds', '1.5'], '--rounds needs a whole number'],
    [['--seed', '-1'], '--seed needs a number above 0'],
    [['--on', 'mars'], '--on needs machines or local'],
    [['hosts', '--json'], '--json needs a value'],
  ])('is misused with %j', (words, message) => {
    let caught: unknown;
    try {
      readOptions(words);
    } catch (error) {
      caught = error;
    }

    expect(isMisuse(caught)).toBe(true);
    expect((caught as Error).message).toContain(message);
  });
});
