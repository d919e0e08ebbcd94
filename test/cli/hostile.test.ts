import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostileCase, loadHostile } from '../../cli/hostile/load';
import { describeBody, expandRepeats, makeBody } from '../../cli/hostile/shorthand';
import { treeOf } from '../../cli/hostile/trees';
import { deaths, describeProbes, judgeMessage, judgeProbes } from '../../cli/hostile/verdict';
import type { PipelineTree } from '../../pipeline/tree/types';
import { compileTree } from '../support/trees';

describe('a list in short', () => {
  it.each([
    ['{"a":[[0 x 3]]}', { a: [[0, 0, 0]] }],
    ['["x" x 2]', ['x', 'x']],
    ['[{"b":[1]} x 2]', [{ b: [1] }, { b: [1] }]],
    [
      '[[0 x 2] x 2]',
      [
        [0, 0],
        [0, 0],
      ],
    ],
    ['{"a":["[" x 2],"b":[1 x 1]}', { a: ['[', '['], b: [1] }],
    ['[]', []],
  ])('%s is spelled out', (text, expected) => {
    expect(JSON.parse(expandRepeats(text))).toEqual(expected);
  });

  it('may be long', () => {
    expect(JSON.parse(expandRepeats('{"a":[[0 x 250000]]}')).a[0]).toHaveLength(250_000);
  });

  it('without a beginning stays as it is', () => {
    expect(expandRepeats('0 x 3]')).toBe('0 x 3]');
  });
});

describe('the description of a body', () => {
  it.each([
    [
      '13 MB of {"a":[[[[... without credentials',
      { bytes: 13 * 1024 * 1024, beginning: '{"a":[[[[', credentials: 'none' },
    ],
    ['1.5 KB of [1,1,… with wrong credentials', { bytes: 1536, beginning: '[1,1,', credentials: 'wrong' }],
    ['300 KB of x', { bytes: 300 * 1024, beginning: 'x', credentials: 'none' }],
    ['{"a":{"a":', { bytes: 13 * 1024 * 1024, beginning: '{"a":{"a":', credentials: 'none' }],
  ])('%s is read', (text, expected) => {
    expect(describeBody(text)).toEqual(expected);
  });

  it.each([
    ['{"a":[[[[', '{"a":[[[[[[[['],
    ['{"a":{"a":', '{"a":{"a":{"a'],
    ['[1,1,', '[1,1,1,1,1,1,'],
    ['abc', 'abcabcabcabca'],
  ])('makes a body of %s that goes on as it begins', (beginning, expected) => {
    expect(makeBody({ bytes: 13, beginning, credentials: 'none' }).toString()).toBe(expected);
  });

  it('ends a body that is shorter than its beginning', () => {
    expect(makeBody({ bytes: 2, beginning: 'abc', credentials: 'none' }).toString()).toBe('ab');
  });
});

describe('the tree of a case', () => {
  const treeFor = (more: Partial<HostileCase> & Pick<HostileCase, 'kind'>) =>
    treeOf({ name: 'case', text: '${a} > 0', ...more }, 'http://127.0.0.1:1/0');

  it.each([
    ['expression', 'activities', { constants: {} }],
    ['constants', 'activities', { constants: { '${a}': 'x' } }],
    ['condition', 'gateways', {}],
    ['success_exp', 'activities', {}],
  ] as const)('of kind %s can run, and its node is the only one of its section', (kind, section, more) => {
    const { tree, culprit } = treeFor({ kind, ...more });

    expect(culprit).toBe(section);
    expect(Object.keys(tree[section] as object)).toHaveLength(1);
    expect(JSON.stringify(tree)).toContain('${a} > 0');
    expect(() => compileTree(tree as unknown as PipelineTree)).not.toThrow();
  });
});

describe('the message of a failed node', () => {
  const testCase: HostileCase = { name: 'case', kind: 'expression', text: "<${len('a' * 9)}>" };

  it.each([
    'input bk_display_message: over the limit of 100,000 items',
    "the limit of a step is reached by ${len('a' * 9)}",
    'Limit: bk_display_message',
  ])('passes when it names limit and place: %s', (message) => {
    expect(judgeMessage(message, testCase)).toBeUndefined();
  });

  it.each([
    ['bk_display_message is too long', /names no limit/],
    ['over the limit', /names no place/],
    ['', /names no limit/],
  ])('fails otherwise: %s', (message, complaint) => {
    expect(judgeMessage(message, testCase)).toMatch(complaint);
  });

  it('may name a variable, or the condition of a gateway', () => {
    const chained: HostileCase = { ...testCase, kind: 'constants', constants: { '${a6}': 'x' } };
    expect(judgeMessage('${a6} is over the limit', chained)).toBeUndefined();
    expect(judgeMessage('the condition is over the limit', { ...testCase, kind: 'condition' })).toBeUndefined();
    expect(judgeMessage('bk_http_success_exp: limit', { ...testCase, kind: 'success_exp' })).toBeUndefined();
  });
});

describe('what the others notice', () => {
  const [one, two] = [{ pid: 1 }, { pid: 2 }];

  it('is a process that is gone or another one', () => {
    expect(deaths({ api: one, worker: one }, { api: one, worker: two })).toEqual(['worker']);
    expect(deaths({ api: one, worker: one }, { worker: one })).toEqual(['api']);
    expect(deaths({ api: one }, { api: one, initdb: two })).toEqual([]);
  });

  it('is a slow or missing answer of /healthz', () => {
    expect(judgeProbes([{ ms: 3 }, { ms: 999 }], 1000)).toBeUndefined();
    expect(judgeProbes([{ ms: 3 }, { ms: 1000 }], 1000)).toBe('/healthz took 1000 ms');
    expect(judgeProbes([{ ms: 3 }, { ms: 4, problem: 'ECONNREFUSED' }], 1000)).toMatch(/1 times \(ECONNREFUSED\)/);
    expect(judgeProbes([], 1000)).toBe('/healthz was never asked');
  });

  it('is summed up with the 99th percentile', () => {
    const probes = Array.from({ length: 101 }, (_, ms) => ({ ms }));
    expect(describeProbes([...probes, { ms: 5, problem: 'status 503' }], 250)).toBe(
      'healthz: p99 99 ms (aim: 250 ms), worst 100 ms, 101 answers, 1 without an answer',
    );
    expect(describeProbes([], 250)).toBe('healthz was never answered');
  });
});

describe('hostile.json', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gantry-hostile-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const load = (content: unknown) => {
    writeFileSync(join(folder, 'hostile.json'), JSON.stringify(content));
    return loadHostile(folder);
  };

  it('is a list of cases', () => {
    const cases = [{ name: 'a', kind: 'body', text: 'x' }];
    expect(load(cases)).toEqual(cases);
  });

  it.each([
    [{}, /is not a list/],
    [[{ name: 'a', kind: 'body' }], /entry 1 .* has no name or text/],
    [[{ name: 'a', kind: 'bodies', text: '' }], /entry 1 .* of no known kind: bodies/],
    [[null], /entry 1/],
  ])('is refused with the place of what is none', (content, message) => {
    expect(() => load(content)).toThrow(message);
  });
});
