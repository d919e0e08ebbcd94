import { stagesOf } from '../../rollouts/stages';

const flows = (kind: 'expand' | 'shrink', count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: at + 1, kind }));
const need = (flow_id: number, needed_id: number) => ({ flow_id, needed_id });
const ids = (stages: { id: number }[][]) => stages.map((stage) => stage.map(({ id }) => id));

describe('flows of one task', () => {
  it('are run side by side where they give pools hosts', () => {
    expect(ids(stagesOf(flows('expand', 3), [need(1, 2), need(2, 3)]))).toEqual([[1, 2, 3]]);
  });

  it('come after all that need them where they take hosts away', () => {
    const needs = [need(1, 2), need(1, 3), need(3, 2), need(2, 4)];

    expect(ids(stagesOf(flows('shrink', 5), needs))).toEqual([[1], [3, 5], [2], [4]]);
  });

  it('begin with the one that the task is made for, whatever they need', () => {
    expect(ids(stagesOf(flows('shrink', 2), []))).toEqual([[1], [2]]);
    expect(ids(stagesOf(flows('shrink', 3), [need(2, 3), need(3, 2)]))).toEqual([[1], [2, 3]]);
  });
});
