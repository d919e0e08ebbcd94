import { parseKeyRing } from '../../secrets/keys';
import { markOf } from '../../secrets/mark';

const ring = (...ids: string[]) =>
  parseKeyRing(ids.map((id) => `${id}:${Buffer.alloc(32, id).toString('base64')}`).join(','));

describe('the mark of a secret', () => {
  it('is the same for the same one, and no other', () => {
    expect(markOf('one', ring('a'))).toBe(markOf('one', ring('a', 'b')));
    expect(markOf('one', ring('a'))).not.toBe(markOf('two', ring('a')));
  });

  it('is another one with another key: without that nobody can try words on it', () => {
    expect(markOf('one', ring('a'))).not.toBe(markOf('one', ring('b', 'a')));
    expect(() => markOf('one', ring())).toThrow('GANTRY_SECRET_KEYS');
  });
});
