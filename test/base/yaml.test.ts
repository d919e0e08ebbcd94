import { parseDocument } from 'yaml';
import { PYTHON, requireReadable } from '../../base/yaml';

function read(text: string): unknown {
  const document = parseDocument(text, PYTHON);
  requireReadable(document, text);
  return document.toJS();
}

const MANY = `big: &big\n${Array.from({ length: 40_000 }, (_, index) => `  k${index}: 1\n`).join('')}`;
const TOO_MANY = '"<<" brings more than 100000 keys into its maps';

describe('YAML that is read', () => {
  it('may merge maps', () => {
    expect(read('a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: [*a, *b], y: 3}\nd: {<<: {z: 4}}')).toEqual({
      a: { x: 1n },
      b: { x: 1n, y: 2n },
      c: { x: 1n, y: 3n },
      d: { z: 4n },
    });
  });

  it.each([
    ['in maps of their own', 'list:\n- {<<: *big}\n- {<<: *big}\n- {<<: *big}\n'],
    ['in one map', '<<: *big\n<<: *big\n<<: *big\n'],
    ['as a list', 'all: {<<: [*big, *big, *big]}\n'],
    ['one through another', 'a: &a {<<: *big}\nb: &b {<<: *a}\nc: {<<: *b}\n'],
    ['within one another', 'a: {<<: {<<: {<<: *big}}}\n'],
    ['by the name of a list', 'a: &a [*big, *big]\nb: {<<: *a}\nc: {<<: *a}\n'],
  ])('may not copy too many keys by it: %s', (_name, more) => {
    expect(() => read(MANY + more)).toThrow(TOO_MANY);
  });

  it('may copy as many as that', () => {
    expect(Object.keys(read(`${MANY}list:\n- {<<: *big}\n- {<<: *big}\n`) as object)).toEqual(['big', 'list']);
  });

  it('may not merge what stands in itself', () => {
    expect(() => read('a: &a {<<: *a}')).toThrow('the anchor &a stands within itself: *a at line 1');
  });
});
