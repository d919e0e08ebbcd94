import { type StateFacts, showState } from '../../api/bk-sops/shown-state';
import { compileTree, sketch } from '../support/trees';

const program = compileTree(
  sketch({
    chains: ['S m c a E'],
    activities: { c: { code: 'pause_node' }, a: { code: 'bk_approve', version: 'v1.0' } },
  }),
);
const node = (id: string) => program.nodes.find((candidate) => candidate.id === id)!;

/** bk-sops §6.11. */
const TABLE: [facts: StateFacts, legacy: string, renewed: string][] = [
  [{ raw: 'RUNNING', children: [] }, 'RUNNING', 'RUNNING'],
  [{ raw: 'RUNNING', children: ['FINISHED', 'FAILED'] }, 'FAILED', 'FAILED'],
  [{ raw: 'SUSPENDED', children: ['FAILED'] }, 'SUSPENDED', 'FAILED'],
  [{ raw: 'SUSPENDED', children: [] }, 'SUSPENDED', 'SUSPENDED'],
  [{ raw: 'FINISHED', children: ['FINISHED'] }, 'FINISHED', 'FINISHED'],
  [{ raw: 'REVOKED', children: ['FAILED'] }, 'REVOKED', 'REVOKED'],
  [{ raw: 'RUNNING', children: [], node: node('m') }, 'RUNNING', 'RUNNING'],
  [{ raw: 'RUNNING', children: [], node: node('c') }, 'RUNNING', 'PENDING_CONFIRMATION'],
  [{ raw: 'RUNNING', children: [], node: node('a') }, 'RUNNING', 'PENDING_APPROVAL'],
  [{ raw: 'SUSPENDED', children: [], node: node('m') }, 'SUSPENDED', 'PENDING_PROCESSING'],
];

describe('the state that people are shown', () => {
  it.each(TABLE)('%j', (facts, legacy, renewed) => {
    expect([showState.legacy(facts), showState.new(facts)]).toEqual([legacy, renewed]);
  });

  it('of a running pipeline says that a node inside waits for somebody', () => {
    expect(showState.legacy({ raw: 'RUNNING', children: ['SUSPENDED'] })).toBe('NODE_SUSPENDED');
    expect(showState.new({ raw: 'RUNNING', children: ['PENDING_CONFIRMATION'] })).toBe('PENDING_PROCESSING');
  });
});
