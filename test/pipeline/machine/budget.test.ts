import { MAX_STEP_WORK } from '../../../pipeline/machine/work';
import type { TreeSketch } from '../../support/trees';
import { did, OK, simulate, statuses, subprocess } from './support';

const TOO_MUCH = "${[s for s in ['a' * 900000] for i in range(2000) if s.isprintable()]}";
/** About a third of what a step may cost. */
const HEAVY = '${sum(range(18000))}';

const exData = (simulation: ReturnType<typeof simulate>, node: string): string =>
  String(simulation.rows.get(node)?.outputs?.ex_data);

describe('a node that renders more than it may', () => {
  it('fails at once, naming the input, the variable and the limit; others beside it go on', () => {
    const simulation = simulate({
      chains: ['S p a v E', 'p b v'],
      activities: { a: { code: 'work', inputs: { script: '${v}' } }, b: { code: 'work', inputs: { script: 'ls' } } },
      gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
      constants: { v: { value: `<${TOO_MUCH}>` } },
    }).start();

    expect(statuses(simulation, 'a', 'b')).toEqual({ a: 'FAILED', b: 'RUNNING' });
    expect(exData(simulation, 'a')).toMatch(
      /script: \$\{v\}: \$\{\[s for s in .*more work than the limit of 10,000,000/,
    );
  });

  it('fails when its inputs together cost too much', () => {
    const inputs = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`i${index}`, `${HEAVY} ${index}`]));
    const simulation = simulate({ chains: ['S a E'], activities: { a: { code: 'work', inputs } } }).start();

    expect(exData(simulation, 'a')).toMatch(/i\d+: .*limit/);
  });

  it('fails by splices that double, or by values that are handed on whole', () => {
    const chain = (of: (name: string) => unknown): TreeSketch['constants'] => ({
      a0: { value: 'x'.repeat(1000) as never },
      ...Object.fromEntries(
        Array.from({ length: 30 }, (_, at) => [`a${at + 1}`, { value: of(`\${a${at}}`) as never }]),
      ),
    });
    const line = (constants: TreeSketch['constants']) => ({
      chains: ['S a E'],
      activities: { a: { code: 'work', inputs: { text: '${a30}' } } },
      constants: constants!,
    });

    const texts = simulate(line(chain((name) => name + name))).start();
    const lists = simulate(line(chain((name) => [name, name]))).start();

    expect(exData(texts, 'a')).toMatch(/text: \$\{a\d+\}: .*limit/);
    expect(exData(lists, 'a')).toMatch(/text: \$\{a\d+\}: .*limit/);
  });

  it('goes on when an operator retries it with other inputs', () => {
    const simulation = simulate({
      chains: ['S a E'],
      activities: { a: { code: 'work', inputs: { script: TOO_MUCH } } },
    }).start();

    did(simulation, { action: 'retry', node: 'a', inputs: { script: 'ls' } }).endPlugin('a', OK);

    expect(simulation.state.shown).toBe('FINISHED');
  });
});

describe('gateways, subprocesses, timers and outputs', () => {
  it('fail by a condition that costs too much, or is too long', () => {
    const gateway = (evaluate: string) =>
      simulate({
        chains: ['S x a v E', 'x b v'],
        activities: { a: { code: 'work' }, b: { code: 'work' } },
        gateways: {
          x: { type: 'ExclusiveGateway', conditions: { x_a: { evaluate }, x_b: { evaluate: '1 == 1' } } },
          v: { type: 'ConvergeGateway' },
        },
      }).start();

    expect(exData(gateway(`${TOO_MUCH} == 1`), 'x')).toMatch(/evaluate\[.*\].*limit/);
    expect(exData(gateway('1 == 1 or '.repeat(500).concat('1 == 1')), 'x')).toMatch(/limit of 4096/);
  });

  it('fail by all conditions of a gateway together', () => {
    const conditions = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`x_n${index}`, { evaluate: `${HEAVY} == ${index}` }]),
    );
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const simulation = simulate({
      chains: ['S x n0 v E', ...names.slice(1).map((name) => `x ${name} v`)],
      activities: Object.fromEntries(names.map((name) => [name, { code: 'work' }])),
      gateways: { x: { type: 'ExclusiveGateway', conditions }, v: { type: 'ConvergeGateway' } },
    }).start();

    expect(exData(simulation, 'x')).toMatch(/limit/);
  });

  it('fail by parameters of a subprocess', () => {
    const simulation = simulate({
      chains: ['S n E'],
      activities: {
        n: subprocess({
          chains: ['S i E'],
          activities: { i: { code: 'work' } },
          constants: { p: { value: TOO_MUCH } },
        }),
      },
    }).start();

    expect(exData(simulation, 'n')).toMatch(/\$\{p\}: .*limit/);
  });

  it('fail by a timer whose time costs too much, and by outputs', () => {
    const timer = simulate({
      chains: ['S t E'],
      activities: { t: { code: 'sleep_timer', inputs: { bk_timing: TOO_MUCH } } },
    });
    const outputs = simulate({
      chains: ['S a E'],
      activities: { a: { code: 'work' } },
      constants: { o: { value: TOO_MUCH } },
      outputs: ['${o}'],
    });

    expect(exData(timer.start(), 't')).toMatch(/bk_timing: .*limit/);
    expect(exData(outputs.start().endPlugin('a', OK), 'E')).toMatch(/\$\{o\}: .*limit/);
    expect(outputs.state.shown).toBe('FAILED');
  });
});

describe('a step that has rendered enough', () => {
  const wide: TreeSketch = {
    chains: ['S p a0 v E', ...Array.from({ length: 11 }, (_, index) => `p a${index + 1} v`)],
    activities: Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`a${index}`, { code: 'work', inputs: { i: HEAVY } }]),
    ),
    gateways: { p: { type: 'ParallelGateway' }, v: { type: 'ConvergeGateway' } },
  };

  it('stops and asks to be continued; nothing is lost', () => {
    const simulation = simulate(wide).start();

    expect(simulation.continued).toBeGreaterThanOrEqual(3);
    expect(simulation.ran).toHaveLength(12);
    expect(simulation.mostWork).toBeLessThan(MAX_STEP_WORK * 2);
  });

  it('goes on in runs by the first rules, whose histories know of no such stop', () => {
    const simulation = simulate(wide, { language: 1 }).start();

    expect(simulation.continued).toBe(0);
    expect(simulation.ran).toHaveLength(12);
  });
});
