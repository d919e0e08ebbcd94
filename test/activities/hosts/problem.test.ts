import { problemOf } from '../../../activities/hosts/problem';
import { GantryError } from '../../../base/error';
import { NoAnswerError } from '../../../hosts/program';
import { Late } from '../../../hosts/ssh/within';
import { TransportError } from '../../../hosts/transport';
import { SecretError } from '../../../secrets/keys';

const mask = (text: string) => text.replaceAll('hunter2', '******');
const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

describe('what went wrong with a host', () => {
  it.each([
    [new TransportError('refused', 'host 7 refuses connections'), 'refused', 'host 7 refuses connections'],
    [new TransportError('auth', 'it said "hunter2"'), 'auth', 'it said "******"'],
    [new GantryError('forbidden', 'ann is viewer'), 'forbidden', 'ann is viewer'],
    [new NoAnswerError('sudo: hunter2?'), 'no_answer', 'host 7: sudo: ******?'],
    [new SecretError('there is no key a'), 'credential', 'host 7: there is no key a'],
    [new Late(20_000), 'late', 'host 7 was not done within 20 s'],
    [away, 'unavailable', 'host 7: Postgres cannot be reached'],
  ])('%s', (error, problem, message) => {
    expect(problemOf(7, error, mask)).toEqual({ problem, message });
  });

  it.each([new TypeError('x of hunter2 is not a function'), 'hunter2', undefined])(
    'is not told where nobody has thought of it: %s',
    (error) => {
      const { problem, message } = problemOf(7, error, mask);

      expect(problem).toBe('internal');
      expect(message).not.toMatch(/hunter2|function/);
    },
  );

  it('is told in 2,000 characters at most, and nothing is cut before it is masked', () => {
    const text = `${'x'.repeat(1_995)}hunter2${'y'.repeat(5_000)}`;

    const { message } = problemOf(7, new TransportError('auth', text), mask);

    expect(message).toHaveLength(2_000);
    expect(message).not.toContain('hunt');
  });
});
