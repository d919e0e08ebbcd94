import type { Program } from '../program';
import type { ShownState, State } from './state';

/** The task's state as people are shown it (bk-sops §6.11): bottom-up over the nested pipelines. */
export function shownState(program: Program, state: Pick<State, 'pipelines' | 'nodes'>): ShownState {
  const failed = state.pipelines.map((pipeline) => pipeline.failed > 0);
  const suspended = state.pipelines.map((pipeline) => pipeline.suspended > 0);
  // Children have higher indexes than the pipeline that their owner stands in.
  for (let child = state.pipelines.length - 1; child > 0; child--) {
    const owner = program.pipelines[child]!.owner;
    if (state.nodes[owner]?.status !== 'RUNNING') continue;
    const parent = program.nodes[owner]!.pipeline;
    failed[parent] ||= failed[child]!;
    suspended[parent] ||= suspended[child]!;
  }
  const { status } = state.pipelines[0]!;
  if (status !== 'RUNNING') return status;
  if (failed[0]) return 'FAILED';
  return suspended[0] ? 'NODE_SUSPENDED' : 'RUNNING';
}
