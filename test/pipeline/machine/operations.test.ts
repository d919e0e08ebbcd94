import { parallelProgram } from '../../../bench/shapes';
import type { Action } from '../../../pipeline/machine';
import { MAX_OPEN_PLUGINS } from '../../../pipeline/machine/tokens';
import { nodeIndex } from '../../../pipeline/program';
import { type Request, Simulation } from '../../support/simulation';
import type { TreeSketch } from '../../support/trees';
import { did, FAILED, simulate, subprocess } from './support';

/** What every operation is asked to do in the tables: the node is always `n`. */
const REQUESTS: { [A in Action]: Request } = {
  pause: { action: 'pause' },
  resume: { action: 'resume' },
  stop: { action: 'stop' },
  set_constants: { action: 'set_constants', constants: { x: 2 } },
  retry: { action: 'retry', node: 'n' },
  skip: { action: 'skip', node: 'n' },
  skip_exg: { action: 'skip_exg', node: 'n', flow: 'n_a' },
  skip_cpg: { action: 'skip_cpg', node: 'n', flows: ['n_a'] },
  callback: { action: 'callback', node: 'n', data: { ok: true } },
  forced_fail: { action: 'forced_fail', node: 'n' },
  pause_node: { action: 'pause_node', node: 'n' },
  resume_node: { action: 'resume_node', node: 'n' },
  pause_subproc: { action: 'pause_subproc', node: 'n' },
  resume_subproc: { action: 'resume_subproc', node: 'n' },
};

/** An allowed operation leaves node `n` and the task, as shown, in these states; a refused one changes nothing. */
type Expected = [node: string, task: string] | string;

interface Situation {
  name: string;
  arrange: () => Simulation;
  /** The answers: those of the task, then those of the node. */
  answers: Record<Action, Expected>;
}

// Answers that several situations share.

/** Of a task in this state, to what concerns the task alone. */
const taskAnswers = {
  RUNNING: (node: string) => ({
    pause: [node, 'SUSPENDED'] as Expected,
    resume: 'task 1 is RUNNING: resume is not possible',
    set_constants: 'task 1 is RUNNING: set_constants is not possible',
  }),
  /** A failed node allows changed constants, so that a retry can use them. */
  FAILED: (node: string) => ({
    pause: [node, 'SUSPENDED'] as Expected,
    resume: 'task 1 is RUNNING: resume is not possible',
    set_constants: [node, 'FAILED'] as Expected,
  }),
};

const wrongType = (type: string, ...actions: Action[]) =>
  Object.fromEntries(actions.map((action) => [action, `${action} is not possible on node n, its type is ${type}`]));

/** Operations that no activity takes. */
const notForActivities = wrongType('activity', 'skip_exg', 'skip_cpg', 'pause_subproc', 'resume_subproc') as Record<
  'skip_exg' | 'skip_cpg' | 'pause_subproc' | 'resume_subproc',
  string
>;
const noCallback = { callback: 'callback is not possible on node n, its type is activity' };

const needs = (status: string, actual: string) => `node n state is not ${status}, actual ${actual}`;
const notStarted = (actual: string) => `node n can be paused before it starts only, actual ${actual}`;

const notFailed = (actual: string) => ({ retry: needs('FAILED', actual), skip: needs('FAILED', actual) });

const situations: Situation[] = [
  {
    name: 'a node not reached, in a task not started',
    arrange: () => activity({ code: 'pause_node' }),
    answers: {
      pause: ['not reached', 'SUSPENDED'],
      resume: 'task 1 is CREATED: resume is not possible',
      stop: ['not reached', 'REVOKED'],
      set_constants: ['not reached', 'CREATED'],
      ...notFailed('not reached'),
      callback: ['not reached', 'CREATED'],
      forced_fail: needs('RUNNING', 'not reached'),
      pause_node: ['SUSPENDED', 'CREATED'],
      resume_node: needs('SUSPENDED', 'not reached'),
      ...notForActivities,
    },
  },
  {
    name: 'a node not reached, in a running task',
    arrange: () => behindWork({ code: 'pause_node' }).start(),
    answers: {
      ...taskAnswers.RUNNING('not reached'),
      stop: ['not reached', 'REVOKED'],
      ...notFailed('not reached'),
      callback: ['not reached', 'RUNNING'],
      forced_fail: needs('RUNNING', 'not reached'),
      pause_node: ['SUSPENDED', 'NODE_SUSPENDED'],
      resume_node: needs('SUSPENDED', 'not reached'),
      ...notForActivities,
    },
  },
  {
    name: 'a READY node that waits for one of the open activities',
    arrange: () => crowded().start(),
    answers: {
      ...taskAnswers.RUNNING('READY'),
      stop: ['REVOKED', 'REVOKED'],
      ...notFailed('READY'),
      ...noCallback,
      forced_fail: needs('RUNNING', 'READY'),
      pause_node: ['SUSPENDED', 'NODE_SUSPENDED'],
      resume_node: needs('SUSPENDED', 'READY'),
      ...notForActivities,
    },
  },
  {
    name: 'a RUNNING plugin',
    arrange: () => activity({ code: 'work' }).start(),
    answers: {
      ...taskAnswers.RUNNING('RUNNING'),
      stop: ['REVOKED', 'REVOKED'],
      ...notFailed('RUNNING'),
      ...noCallback,
      forced_fail: ['FAILED', 'FAILED'],
      pause_node: notStarted('RUNNING'),
      resume_node: needs('SUSPENDED', 'RUNNING'),
      ...notForActivities,
    },
  },
  {
    name: 'a RUNNING timer',
    arrange: () => activity({ code: 'sleep_timer', inputs: { bk_timing: '10' } }).start(),
    answers: {
      ...taskAnswers.RUNNING('RUNNING'),
      stop: ['REVOKED', 'REVOKED'],
      ...notFailed('RUNNING'),
      ...noCallback,
      forced_fail: ['FAILED', 'FAILED'],
      pause_node: notStarted('RUNNING'),
      resume_node: needs('SUSPENDED', 'RUNNING'),
      ...notForActivities,
    },
  },
  {
    name: 'a node that waits for a callback',
    arrange: () => activity({ code: 'pause_node' }).start(),
    answers: {
      ...taskAnswers.RUNNING('RUNNING'),
      stop: ['REVOKED', 'REVOKED'],
      ...notFailed('RUNNING'),
      callback: ['FINISHED', 'RUNNING'],
      forced_fail: ['FAILED', 'FAILED'],
      pause_node: notStarted('RUNNING'),
      resume_node: needs('SUSPENDED', 'RUNNING'),
      ...notForActivities,
    },
  },
  {
    name: 'a FAILED node',
    arrange: () => failed({}),
    answers: {
      ...taskAnswers.FAILED('FAILED'),
      stop: ['FAILED', 'REVOKED'],
      retry: ['RUNNING', 'RUNNING'],
      skip: ['FINISHED', 'RUNNING'],
      ...noCallback,
      forced_fail: needs('RUNNING', 'FAILED'),
      pause_node: notStarted('FAILED'),
      resume_node: needs('SUSPENDED', 'FAILED'),
      ...notForActivities,
    },
  },
  {
    name: 'a FAILED node that may be neither retried nor skipped',
    arrange: () => failed({ retryable: false, skippable: false }),
    answers: {
      ...taskAnswers.FAILED('FAILED'),
      stop: ['FAILED', 'REVOKED'],
      retry: 'node n is not retryable',
      skip: 'node n is not skippable',
      ...noCallback,
      forced_fail: needs('RUNNING', 'FAILED'),
      pause_node: notStarted('FAILED'),
      resume_node: needs('SUSPENDED', 'FAILED'),
      ...notForActivities,
    },
  },
  {
    name: 'a FAILED node that is about to be retried automatically',
    arrange: () => failed({ auto_retry: { enable: true, times: 1, interval: 5 } }),
    answers: {
      ...taskAnswers.FAILED('FAILED'),
      stop: ['FAILED', 'REVOKED'],
      retry: ['RUNNING', 'RUNNING'],
      skip: ['FINISHED', 'RUNNING'],
      ...noCallback,
      forced_fail: needs('RUNNING', 'FAILED'),
      pause_node: notStarted('FAILED'),
      resume_node: needs('SUSPENDED', 'FAILED'),
      ...notForActivities,
    },
  },
  {
    name: 'a node SUSPENDED in advance',
    arrange: () => did(behindWork({ code: 'pause_node' }).start(), { action: 'pause_node', node: 'n' }),
    answers: {
      ...taskAnswers.RUNNING('SUSPENDED'),
      stop: ['REVOKED', 'REVOKED'],
      ...notFailed('SUSPENDED'),
      callback: ['SUSPENDED', 'NODE_SUSPENDED'],
      forced_fail: needs('RUNNING', 'SUSPENDED'),
      pause_node: notStarted('SUSPENDED'),
      resume_node: ['READY', 'RUNNING'],
      ...notForActivities,
    },
  },
  {
    name: 'a SUSPENDED node that the task has come to',
    arrange: () => did(activity({ code: 'work' }), { action: 'pause_node', node: 'n' }).start(),
    answers: {
      ...taskAnswers.RUNNING('SUSPENDED'),
      stop: ['REVOKED', 'REVOKED'],
      ...notFailed('SUSPENDED'),
      ...noCallback,
      forced_fail: needs('RUNNING', 'SUSPENDED'),
      pause_node: notStarted('SUSPENDED'),
      resume_node: ['RUNNING', 'RUNNING'],
      ...notForActivities,
    },
  },
  {
    name: 'a FINISHED node',
    arrange: () => activity({}).start(),
    answers: {
      ...taskAnswers.RUNNING('FINISHED'),
      stop: ['FINISHED', 'REVOKED'],
      ...notFailed('FINISHED'),
      ...noCallback,
      forced_fail: needs('RUNNING', 'FINISHED'),
      pause_node: notStarted('FINISHED'),
      resume_node: needs('SUSPENDED', 'FINISHED'),
      ...notForActivities,
    },
  },
  {
    name: 'a FINISHED node that a callback has ended',
    arrange: () => did(activity({ code: 'pause_node' }).start(), REQUESTS.callback),
    answers: {
      ...taskAnswers.RUNNING('FINISHED'),
      stop: ['FINISHED', 'REVOKED'],
      ...notFailed('FINISHED'),
      callback: needs('RUNNING', 'FINISHED'),
      forced_fail: needs('RUNNING', 'FINISHED'),
      pause_node: notStarted('FINISHED'),
      resume_node: needs('SUSPENDED', 'FINISHED'),
      ...notForActivities,
    },
  },
  {
    name: 'a node with a kept callback',
    arrange: () => did(behindWork({ code: 'pause_node' }).start(), REQUESTS.callback),
    answers: {
      ...taskAnswers.RUNNING('not reached'),
      stop: ['not reached', 'REVOKED'],
      ...notFailed('not reached'),
      callback: 'node n has a callback already, kept until the node is reached',
      forced_fail: needs('RUNNING', 'not reached'),
      pause_node: ['SUSPENDED', 'NODE_SUSPENDED'],
      resume_node: needs('SUSPENDED', 'not reached'),
      ...notForActivities,
    },
  },
  {
    name: 'a running plugin in a SUSPENDED task',
    arrange: () => did(activity({ code: 'work' }).start(), { action: 'pause' }),
    answers: {
      pause: 'task 1 is SUSPENDED: pause is not possible',
      resume: ['RUNNING', 'RUNNING'],
      stop: ['REVOKED', 'REVOKED'],
      set_constants: ['RUNNING', 'SUSPENDED'],
      ...notFailed('RUNNING'),
      ...noCallback,
      forced_fail: ['FAILED', 'SUSPENDED'],
      pause_node: notStarted('RUNNING'),
      resume_node: needs('SUSPENDED', 'RUNNING'),
      ...notForActivities,
    },
  },
  {
    name: 'a FAILED node in a SUSPENDED task',
    arrange: () => did(failed({}), { action: 'pause' }),
    answers: {
      pause: 'task 1 is SUSPENDED: pause is not possible',
      resume: ['FAILED', 'FAILED'],
      stop: ['FAILED', 'REVOKED'],
      set_constants: ['FAILED', 'SUSPENDED'],
      retry: ['READY', 'SUSPENDED'],
      skip: ['FINISHED', 'SUSPENDED'],
      ...noCallback,
      forced_fail: needs('RUNNING', 'FAILED'),
      pause_node: notStarted('FAILED'),
      resume_node: needs('SUSPENDED', 'FAILED'),
      ...notForActivities,
    },
  },
  {
    name: 'a node that the task stands before while SUSPENDED',
    arrange: () => did(activity({ code: 'work' }), { action: 'pause' }).start(),
    answers: {
      pause: 'task 1 is SUSPENDED: pause is not possible',
      resume: ['RUNNING', 'RUNNING'],
      stop: ['not reached', 'REVOKED'],
      set_constants: ['not reached', 'SUSPENDED'],
      ...notFailed('not reached'),
      ...noCallback,
      forced_fail: needs('RUNNING', 'not reached'),
      pause_node: ['SUSPENDED', 'SUSPENDED'],
      resume_node: needs('SUSPENDED', 'not reached'),
      ...notForActivities,
    },
  },
  ...(['FINISHED', 'REVOKED'] as const).map((status) => ({
    name: `a node of a ${status} task`,
    arrange: () =>
      status === 'FINISHED' ? simulate({ chains: ['S n E'] }).start() : did(failed({}), { action: 'stop' }),
    answers: {
      ...Object.fromEntries(
        Object.keys(REQUESTS).map((action) => [action, `task 1 is ${status}: ${action} is not possible`]),
      ),
      stop: status === 'FINISHED' ? 'task 1 is FINISHED: revoke is not possible' : 'task 1 is being revoked',
    } as Record<Action, Expected>,
  })),
  {
    name: 'a FAILED exclusive gateway',
    arrange: () => gateway('ExclusiveGateway').start(),
    answers: {
      ...taskAnswers.FAILED('FAILED'),
      stop: ['FAILED', 'REVOKED'],
      retry: ['FAILED', 'FAILED'],
      skip_exg: ['FINISHED', 'RUNNING'],
      pause_node: notStarted('FAILED'),
      resume_node: needs('SUSPENDED', 'FAILED'),
      ...notForGateways('exclusive', 'skip_cpg'),
    },
  },
  {
    name: 'a FAILED conditional parallel gateway',
    arrange: () => gateway('ConditionalParallelGateway').start(),
    answers: {
      ...taskAnswers.FAILED('FAILED'),
      stop: ['FAILED', 'REVOKED'],
      retry: ['FAILED', 'FAILED'],
      skip_cpg: ['FINISHED', 'RUNNING'],
      pause_node: notStarted('FAILED'),
      resume_node: needs('SUSPENDED', 'FAILED'),
      ...notForGateways('conditional_parallel', 'skip_exg'),
    },
  },
  {
    name: 'an exclusive gateway not reached',
    arrange: () => gateway('ExclusiveGateway'),
    answers: {
      pause: ['not reached', 'SUSPENDED'],
      resume: 'task 1 is CREATED: resume is not possible',
      stop: ['not reached', 'REVOKED'],
      set_constants: ['not reached', 'CREATED'],
      retry: needs('FAILED', 'not reached'),
      skip_exg: needs('FAILED', 'not reached'),
      pause_node: ['SUSPENDED', 'CREATED'],
      resume_node: needs('SUSPENDED', 'not reached'),
      ...notForGateways('exclusive', 'skip_cpg'),
    },
  },
  {
    name: 'a RUNNING subprocess',
    arrange: () => subprocessTask().start(),
    answers: {
      ...taskAnswers.RUNNING('RUNNING'),
      stop: ['REVOKED', 'REVOKED'],
      retry: needs('FAILED', 'RUNNING'),
      pause_subproc: ['SUSPENDED', 'NODE_SUSPENDED'],
      resume_subproc: needs('SUSPENDED', 'RUNNING'),
      ...notForSubprocesses(),
    },
  },
  {
    name: 'a SUSPENDED subprocess',
    arrange: () => did(subprocessTask().start(), { action: 'pause_subproc', node: 'n' }),
    answers: {
      ...taskAnswers.RUNNING('SUSPENDED'),
      stop: ['REVOKED', 'REVOKED'],
      retry: needs('FAILED', 'SUSPENDED'),
      pause_subproc: needs('RUNNING', 'SUSPENDED'),
      resume_subproc: ['RUNNING', 'RUNNING'],
      ...notForSubprocesses(),
    },
  },
  {
    name: 'a subprocess that FAILED on entering',
    arrange: () => subprocessTask({ x: { value: '${c0}' } }).start(),
    answers: {
      ...taskAnswers.FAILED('FAILED'),
      stop: ['FAILED', 'REVOKED'],
      retry: ['FAILED', 'FAILED'],
      pause_subproc: needs('RUNNING', 'FAILED'),
      resume_subproc: needs('SUSPENDED', 'FAILED'),
      ...notForSubprocesses(),
    },
  },
];

describe.each(situations.map(({ name, ...situation }) => [name, situation] as const))('%s', (_name, situation) => {
  const { arrange, answers } = situation;
  const asked = Object.entries(REQUESTS) as [Action, Request][];
  const label = (expected: Expected) =>
    typeof expected === 'string' ? `is refused: ${expected}` : `leaves it ${expected[0]} and the task ${expected[1]}`;

  it.each(asked.map(([action, request]) => [action, label(answers[action]), request] as const))(
    '%s %s',
    (action, _label, request) => {
      const simulation = arrange();
      const before = JSON.stringify(simulation.state);

      const refusal = simulation.operate(request);

      const expected = answers[action];
      if (typeof expected === 'string') {
        expect(refusal?.message).toBe(expected);
        expect(JSON.stringify(simulation.state)).toBe(before);
      } else {
        expect(refusal).toBeNull();
        expect([statusOf(simulation), simulation.state.shown]).toEqual(expected);
      }
    },
  );

  const refused = asked.filter(([action]) => typeof answers[action] === 'string');
  it.each(refused)('%s that was sent without a check changes nothing', (_action, request) => {
    const simulation = arrange();
    const before = JSON.stringify(simulation.state);

    simulation.feed({ type: 'operated', operation: { id: 'late', ...request } });

    expect(JSON.stringify(simulation.state)).toBe(before);
  });
});

describe('an operation on something that is not there', () => {
  it('is refused with the node that is missing', () => {
    const refusal = activity({}).operate({ action: 'retry', node: 'x' });

    expect(refusal).toEqual({ kind: 'not_found', message: 'node x is not in task 1' });
  });

  it('is refused with the flows that do not leave the gateway', () => {
    const simulation = gateway('ConditionalParallelGateway').start();

    expect(simulation.operate({ action: 'skip_cpg', node: 'n', flows: ['n_a', 'S_n', 'x'] })?.message).toBe(
      'flow S_n, x does not leave node n',
    );
    expect(simulation.operate({ action: 'skip_cpg', node: 'n', flows: [] })?.message).toBe(
      'no flow of node n is chosen',
    );
  });

  it('is refused when a callback carries too much', () => {
    const refusal = activity({ code: 'pause_node' }).operate({
      action: 'callback',
      node: 'n',
      data: 'x'.repeat(70_000),
    });

    expect(refusal).toEqual({ kind: 'invalid', message: 'callback data of node n is larger than 65536 bytes' });
  });
});

describe('a start event that FAILED, because a variable could not be resolved in advance', () => {
  const arrange = () =>
    simulate({
      chains: ['S a E'],
      activities: { a: { code: 'work' } },
      constants: { ...endlessConstants(), c0: { value: '${c1}', pre_render_mako: true } },
    }).start();

  it('fails again when it is retried as it is', () => {
    const simulation = did(arrange(), { action: 'retry', node: 'S' });

    expect([simulation.status('S'), simulation.state.shown]).toEqual(['FAILED', 'FAILED']);
  });

  it('can be retried once the variable is set', () => {
    const simulation = did(arrange(), { action: 'set_constants', constants: { c0: 'known' } });

    did(simulation, { action: 'retry', node: 'S' });

    expect([simulation.status('S'), simulation.status('a'), simulation.state.shown]).toEqual([
      'FINISHED',
      'RUNNING',
      'RUNNING',
    ]);
  });

  it('can be skipped', () => {
    const simulation = did(arrange(), { action: 'skip', node: 'S' });

    expect([simulation.status('S'), simulation.status('a'), simulation.state.shown]).toEqual([
      'FINISHED',
      'RUNNING',
      'RUNNING',
    ]);
  });
});

type ActivitySketch = NonNullable<TreeSketch['activities']>[string];

/** A task of node `n` and one after it that stays open. */
function activity(n: ActivitySketch): Simulation {
  return simulate({ chains: ['S n after E'], activities: { n, after: { code: 'work' } } });
}

/** The same with an open node before `n`. */
function behindWork(n: ActivitySketch): Simulation {
  return simulate({
    chains: ['S before n after E'],
    activities: { before: { code: 'work' }, n, after: { code: 'work' } },
  });
}

/** As many open activities as a task may have, and `n`. */
function crowded(): Simulation {
  const program = parallelProgram(MAX_OPEN_PLUGINS + 1);
  program.nodes.find(({ id }) => id === `n${MAX_OPEN_PLUGINS}`)!.id = 'n';
  return new Simulation(program);
}

function failed(n: ActivitySketch): Simulation {
  const simulation = activity({ code: 'work', ...n }).start();
  return simulation.endPlugin('n', FAILED);
}

/** A gateway `n` none of whose conditions holds, with open nodes behind it. */
function gateway(type: 'ExclusiveGateway' | 'ConditionalParallelGateway'): Simulation {
  return simulate({
    chains: ['S n', 'n a C', 'n b C', 'C E'],
    activities: { a: { code: 'work' }, b: { code: 'work' } },
    gateways: {
      n: { type, conditions: { n_a: { evaluate: '1 == 2' }, n_b: { evaluate: '1 == 3' } } },
      C: { type: 'ConvergeGateway' },
    },
  });
}

/** A task of the subprocess `n`, whose node stays open. */
function subprocessTask(constants: TreeSketch['constants'] = {}): Simulation {
  const n = subprocess({ chains: ['S inner E'], activities: { inner: { code: 'work' } }, constants });
  return simulate({ chains: ['S n E'], activities: { n }, constants: endlessConstants() });
}

/** Constants `c0`, `c1`, ... each of which refers to the next: more than can be resolved. */
function endlessConstants(): TreeSketch['constants'] {
  const names = Array.from({ length: 120 }, (_, index) => [`c${index}`, { value: `\${c${index + 1}}` }] as const);
  return Object.fromEntries(names);
}

function statusOf(simulation: Simulation): string {
  const { state, program } = simulation;
  return state.nodes[nodeIndex(program, 'n')]?.status ?? 'not reached';
}

function notForGateways<A extends 'skip_exg' | 'skip_cpg'>(type: string, other: A) {
  const actions = [other, 'skip', 'callback', 'forced_fail', 'pause_subproc', 'resume_subproc'] as const;
  return wrongType(type, ...actions) as Record<(typeof actions)[number], string>;
}

function notForSubprocesses() {
  const actions = ['skip', 'skip_exg', 'skip_cpg', 'callback', 'forced_fail', 'pause_node', 'resume_node'] as const;
  return wrongType('subprocess', ...actions) as Record<(typeof actions)[number], string>;
}
