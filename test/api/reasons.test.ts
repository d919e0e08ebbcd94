import { readInput } from '../../api/bk-sops/fields';
import { fastCreateTask } from '../../api/bk-sops/tasks/fast-create-task';
import { operateNodeEndpoint } from '../../api/bk-sops/tasks/operate-node';
import { createLabelEndpoint } from '../../api/bk-sops/templates/labels';
import { reworded, type Wording } from '../../api/wording';
import { during, type ErrorKind, GantryError } from '../../base/error';
import type { Step } from '../../base/reason';

/** What is thrown. */
function thrownBy(work: () => unknown): GantryError {
  try {
    work();
  } catch (error) {
    return error as GantryError;
  }
  throw new Error('nothing was thrown');
}

describe('an input that is refused says why', () => {
  it.each([
    [fastCreateTask, {}, { code: 'required', args: { field: 'name' } }],
    [fastCreateTask, { name: 7, pipeline_tree: {} }, { code: 'malformed', args: { field: 'name', wanted: 'text' } }],
    [createLabelEndpoint, { name: 'x'.repeat(51) }, { code: 'too_long', args: { field: 'name', max: 50 } }],
    [createLabelEndpoint, { name: '' }, { code: 'malformed', args: { field: 'name' } }],
    [
      operateNodeEndpoint,
      { node_id: 'a', action: 'retry', inputs: [] },
      { code: 'malformed', args: { field: 'inputs' } },
    ],
  ])('%#', (endpoint, fields, reason) => {
    const error = thrownBy(() => readInput(endpoint, { fields, isForm: false }));

    expect(error).toMatchObject({ name: 'GantryError', kind: 'invalid', step: 'input', reason });
  });
});

describe('wording', () => {
  const reason = { code: 'not_found', args: { what: 'node', id: 'a' } } as const;
  const say = (wordings: Wording[], { kind = 'invalid', step }: { kind?: ErrorKind; step?: Step }) => {
    const error = new GantryError(kind, 'it is', { step, reason, details: [1] });
    const { message, ...said } = reworded(error, wordings, { ids: { task_id: 7 }, input: { node: 'b' } });
    return [said.kind, message];
  };

  it.each<[string, Wording[], { kind?: ErrorKind; step?: Step }, [ErrorKind, string]]>([
    ['of none', [], {}, ['invalid', 'it is']],
    ['in front', [{ text: 'so: ' }], {}, ['invalid', 'so: it is']],
    ['as another kind', [{ as: 'refused' }], {}, ['refused', 'it is']],
    ['of some kinds', [{ of: ['refused'], text: 'so: ' }], {}, ['invalid', 'it is']],
    ['of a step', [{ step: 'unfold', text: 'so: ' }], { step: 'unfold' }, ['invalid', 'so: it is']],
    ['of another step', [{ step: 'unfold', text: 'so: ' }], { step: 'key' }, ['invalid', 'it is']],
    ['the first one', [{ step: 'key' }, { text: 'so: ' }], { step: 'key' }, ['invalid', 'it is']],
    ['not of what reads the input', [{ text: 'so: ' }], { step: 'input' }, ['invalid', 'it is']],
    ['not of what parses the body', [{ text: 'so: ' }], { step: 'body' }, ['invalid', 'it is']],
    ['not of a server that is away', [{ text: 'so: ' }], { kind: 'unavailable' }, ['unavailable', 'it is']],
    [
      'made of facts',
      [{ text: (message, { ids, input, reason }) => `${message} ${ids.task_id} ${input.node} ${reason?.code}` }],
      {},
      ['invalid', 'it is 7 b not_found'],
    ],
  ])('%s', (_name, wordings, error, expected) => {
    expect(say(wordings, error)).toEqual(expected);
  });

  it('is said once: what an endpoint has said, its family does not say again', () => {
    const error = new GantryError('invalid', 'it is', { step: 'input', reason, details: [1] });
    const own = reworded(error, [{ step: 'input', text: 'endpoint: ' }]);

    expect(reworded(own, [{ step: 'input', text: 'family: ' }])).toMatchObject({
      message: 'endpoint: it is',
      ...{ reason, details: [1], cause: error },
    });
  });

  it('leaves what was not thrown on purpose alone', () => {
    const error = new TypeError('ours');

    expect(reworded(error, [{ text: 'so: ' }])).toBe(error);
  });
});

describe('a step', () => {
  const failing = async (error: unknown) => {
    throw error;
  };

  it('is named by the innermost', async () => {
    const inner = during('sources', () => failing(new GantryError('invalid', 'it is')));

    await expect(during('unfold', () => inner)).rejects.toMatchObject({ step: 'sources', message: 'it is' });
  });

  it('is of errors that were thrown on purpose', async () => {
    const error = new TypeError('ours');

    await expect(during('unfold', () => failing(error))).rejects.toBe(error);
  });
});
