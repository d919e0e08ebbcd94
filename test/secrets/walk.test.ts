import { findText } from '../../base/find-text';
import { mapTexts } from '../../secrets/walk';

/** What a careless plugin may give back. */
function cyclic(): never {
  const value: Record<string, unknown> = { text: 'a' };
  value.itself = [value];
  return value as never;
}

describe('a value that is in itself', () => {
  it('is looked through once', () => {
    expect(findText(cyclic(), (text) => text === 'nowhere')).toBeUndefined();
    expect(findText(cyclic(), (text) => text === 'a', 'v')).toBe('v.text');
  });

  it('is copied once', () => {
    const copy = mapTexts(cyclic(), { text: (text) => `${text}!` }) as unknown as Record<string, unknown>;

    expect(copy['text!']).toBe('a!');
    expect((copy['itself!'] as unknown[])[0]).toBe(copy);
  });
});
