import type { Program } from '../program';
import { endPluginRun, resumeAfterTimer } from './activity';
import { enter } from './enter';
import { Frame, wake } from './frame';
import type { Command, Event } from './messages';
import { applyOperation } from './operations';
import { shownState } from './shown';
import { isEnded, type State, taskStatus } from './state';
import { hasNextToken, newToken, nextToken } from './tokens';
import type { Work } from './work';

/**
 * Feeds one event to a task. The state is updated in place; the commands are what the outside world has to do now.
 * Pure: the same program, state and event give the same result. Events that no open command waits for change nothing.
 *
 * @param work is told what the step has cost
 */
export function step(program: Program, state: State, event: Event, work?: Work): Command[] {
  const frame = new Frame(program, state, event.at);
  apply(frame, event);
  advance(frame);
  settle(frame);
  work?.add(frame.spent);
  return frame.commands;
}

function apply(frame: Frame, event: Event): void {
  const { state } = frame;
  if (isEnded(state)) return;
  switch (event.type) {
    case 'started':
      return start(frame);
    case 'continued':
      return;
    case 'plugin_ended':
      return endPluginRun(frame, event.command, event.outcome);
    case 'timer_fired':
      return resumeAfterTimer(frame, event.command);
    case 'operated':
      return applyOperation(frame, event.operation);
    case 'drained':
      state.draining = true;
      return;
    case 'carried_over':
      return carryOver(frame);
    default:
      event satisfies never;
  }
}

/** A task may have been paused before it starts: its token then waits in front of the start event. */
function start(frame: Frame): void {
  const { state, program } = frame;
  if (state.lastToken > 0) return;
  if (taskStatus(state) === 'CREATED') state.pipelines[0]!.status = 'RUNNING';
  state.ready.push(newToken(state, { node: program.pipelines[0]!.start }));
}

/** Timers are deadlines in the state: a new run sets them again. */
function carryOver(frame: Frame): void {
  const { state, program } = frame;
  state.draining = false;
  state.ready.push(...state.held.splice(0));
  for (const [id, open] of Object.entries(state.open)) {
    if (open.kind === 'timer') frame.commands.push(wake(id, open, program));
  }
}

/** Moves every token as far as it comes, up to the bound of a step. */
function advance(frame: Frame): void {
  for (let token = nextToken(frame.state); token !== undefined; token = nextToken(frame.state)) {
    enter(frame, token);
    if (frame.isFull) break;
  }
  if (hasNextToken(frame.state)) frame.commands.push({ type: 'more' });
}

/** Reports a change of the task's own state, after everything that led to it. */
function settle(frame: Frame): void {
  const { state, program, commands } = frame;
  const shown = shownState(program, state);
  if (shown === state.shown) return;
  state.shown = shown;
  const status = taskStatus(state);
  const outputs = state.outputs ? { outputs: state.outputs } : {};
  commands.push({ type: 'record_task', row: { seq: frame.nextSeq(), status, shown, at: frame.at, ...outputs } });
  if (status === 'FINISHED' || status === 'REVOKED') commands.push({ type: 'ended', status });
}
