import { secretsIn } from './secret-places';

const SECRET = 'Pá55"w\\rd & <tag>';

describe('a secret in a text', () => {
  it.each([
    ['plain', `before ${SECRET} after`],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64', Buffer.from(`u:${SECRET}`).toString('base64')],
    ['base64', Buffer.from(`us:${SECRET}\n`).toString('base64')],
    ['base64', Buffer.from(`use:${SECRET} and more`).toString('base64')],
    ['hex', Buffer.from(`x${SECRET}`).toString('hex')],
    ['hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['URL', `?a=${encodeURIComponent(SECRET)}`],
    ['URL', `${new URLSearchParams({ a: SECRET })}`],
    ['JSON', JSON.stringify({ a: [SECRET] })],
    ['JSON', '{"a": "P\\u00e155\\"w\\\\rd & <tag>"}'],
  ])('is found as %s', (form, text) => {
    expect(secretsIn(text, { it: SECRET })).toContain(`it as ${form}`);
  });

  it('is not found where there is none', () => {
    expect(secretsIn('Pá55 w rd & <tag> ******', { it: SECRET })).toEqual([]);
  });
});
