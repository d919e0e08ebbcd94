import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { filesOf, ROOMS, ROOT } from '../support/rooms';

/** Where JSON is read or written by other means than `base/json`, and why no digits are lost there. */
const ALLOWED: Record<string, string> = {
  'base/json/parse.ts': 'this is it',
  'base/json/stringify.ts': 'this is it',
  'pipeline/language/python/modules/json.ts':
    "Python's own reader and writer; of JavaScript's only what quotes one string",
  'api/app.ts': 'answers through context.json, which api/mask.ts puts in its place',
  'api/codec.ts': 'answers through context.json, which api/mask.ts puts in its place',
  'api/bk-sops/envelope.ts': 'answers through context.json, which api/mask.ts puts in its place',
  'api/cmdb/envelope.ts': 'answers through context.json, which api/mask.ts puts in its place',
  'api/orion/envelope.ts': 'answers through context.json, which api/mask.ts puts in its place',
  'api/v1/envelope.ts': 'answers through context.json, which api/mask.ts puts in its place',
};
/** What measures the product does not use it. */
const FREE_ROOMS = ['bench'];

describe('JSON', () => {
  it('is read and written by base/json alone', () => {
    const found = ROOMS.filter((room) => !FREE_ROOMS.includes(room))
      .flatMap((room) => filesOf(join(ROOT, room)))
      .filter((file) => usesJson(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest)))
      .map((file) => file.slice(ROOT.length + 1))
      .sort();

    expect(found).toEqual(Object.keys(ALLOWED).sort());
  });

  it.each([
    ['JSON.parse(text)', true],
    ['const { parse } = JSON', true],
    ['const json = globalThis.JSON', true],
    ['await response.json()', true],
    ["await response?.['json']()", true],
    ['texts.map(JSON.parse)', true],
    ["'JSON.parse' // JSON.parse", false],
    ['type JsonText = JSON', false],
    ['types.builtins.JSON', false],
    ['parseJson(text)', false],
    ['const known = { json: 1 }; known.json', false],
  ])('%s: %s', (source, expected) => {
    expect(usesJson(ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest))).toBe(expected);
  });
});

/** Whether a file has JavaScript's own JSON in it, or asks a request or response for its own. */
function usesJson(node: ts.Node): boolean {
  if (ts.isTypeNode(node)) return false;
  // Others have names of their own: pg's number of the type.
  if (ts.isPropertyAccessExpression(node) && node.name.text === 'JSON' && !isGlobal(node.expression)) {
    return usesJson(node.expression);
  }
  if (ts.isIdentifier(node) && node.text === 'JSON') return true;
  if (ts.isCallExpression(node) && calledName(node.expression) === 'json') return true;
  return ts.forEachChild(node, (child) => usesJson(child) || undefined) ?? false;
}

function isGlobal(object: ts.Expression): boolean {
  return ts.isIdentifier(object) && object.text === 'globalThis';
}

function calledName(callee: ts.Expression): string | undefined {
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text;
  return ts.isElementAccessExpression(callee) && ts.isStringLiteral(callee.argumentExpression)
    ? callee.argumentExpression.text
    : undefined;
}
