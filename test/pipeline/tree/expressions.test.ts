import type { Problem } from '../../../pipeline/tree/problem';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { validateTree } from '../../../pipeline/tree/validate';
import { sketch, type TreeSketch } from '../../support/trees';

const AHEAD = "${re.sub('(?=a)', '', text)}";
const ONE = { chains: ['S a E'], constants: { text: { value: 'a' } } };

function problemsOf(tree: PipelineTree, options: Parameters<typeof validateTree>[1] = {}): Problem[] {
  return validateTree(JSON.parse(JSON.stringify(tree)), options).problems;
}

function of(given: Partial<TreeSketch>): Problem[] {
  return problemsOf(sketch({ ...ONE, ...given }));
}

function withSubprocess(inner: PipelineTree, constants: TreeSketch['constants'] = {}): PipelineTree {
  return sketch({ chains: ['S s E'], constants, activities: { s: { type: 'SubProcess', pipeline: inner } } });
}

describe('a pattern that cannot be matched in linear time', () => {
  test('is refused in an input, naming node, input and construct', () => {
    expect(of({ activities: { a: { name: 'cut', inputs: { message: { deep: [`x ${AHEAD}`] } } } } })).toEqual([
      {
        stage: 'consistency',
        kind: 'consistency',
        nodeId: 'a',
        path: 'activities→a→component→data→message',
        message: expect.stringMatching(
          /^activity a \(cut\), input message: the regular expression '\(\?=a\)' has the look-ahead \(\?=…\) at position 0/,
        ),
      },
    ]);
  });

  test.each([
    ["${re.search('(?=a)' if _system.task_id else 'b', text)}", 1],
    ["${[re.search][0]('(?=a)', text)}", 1],
    ["${(lambda f: f('(?=a)', text))(re.search)}", 1],
    ["${[re.search, len][0 if text else 1]('(?=a)')}", 0],
    ["${re.search('(?=a)' if False else 'b', text)}", 0],
  ])('is looked for behind other names and in branches: %s', (value, count) => {
    const problems = of({ constants: { text: { value: 'a' } }, activities: { a: { inputs: { message: value } } } });

    expect(problems.map(({ path }) => path)).toEqual(Array(count).fill('activities→a→component→data→message'));
  });

  test('is refused in a constant', () => {
    expect(of({ constants: { text: { value: 'a' }, cut: { value: AHEAD } } })).toMatchObject([
      { path: 'constants→${cut}', message: expect.stringMatching(/^constant \$\{cut\}: .*look-ahead/) },
    ]);
  });

  test('is refused in a condition', () => {
    const conditions = { x_a: { evaluate: `"${AHEAD}" == "b"` }, x_E: { evaluate: '1 == 1' } };
    const chains = ['S x a E', 'x E'];
    const problems = of({ chains, gateways: { x: { type: 'ExclusiveGateway', name: 'which', conditions } } });

    expect(problems).toMatchObject([{ nodeId: 'x', path: 'gateways→x→conditions→x_a→evaluate' }]);
    expect(problems[0]!.message).toMatch(/^gateway x \(which\), flow x_a: the condition .* has the look-ahead/);
  });

  test('is refused in what a subprocess is given and in what it has', () => {
    const own = sketch({ ...ONE, activities: { a: { inputs: { message: AHEAD } } } });
    const given = sketch({ ...ONE, constants: { cut: { value: AHEAD } } });

    expect(problemsOf(withSubprocess(own))).toMatchObject([
      { message: expect.stringMatching(/^in subprocess s: activity a/) },
    ]);
    expect(problemsOf(withSubprocess(given, { text: { value: 'a' } }))).toHaveLength(1);
    // What it is given is rendered by its parent, who knows of no such variable.
    expect(problemsOf(withSubprocess(given))).toEqual([]);
  });

  test('is refused in what is given to a template that is not unfolded yet', () => {
    const tree = sketch({ chains: ['S s E'], constants: ONE.constants, activities: { s: { type: 'SubProcess' } } });
    Object.assign(tree.activities.s!, { template_id: 1, constants: { '${k}': { show_type: 'show', value: AHEAD } } });

    expect(problemsOf(tree, { allowReferences: true })).toMatchObject([
      { nodeId: 's', path: 'activities→s→constants→${k}' },
    ]);
  });

  test.each<[string, Partial<TreeSketch>]>([
    ['text around no fragment', { activities: { a: { inputs: { message: "re.sub('(?=a)', '', text)" } } } }],
    ['a fragment that is none', { activities: { a: { inputs: { message: "${re.sub('(?=a)', '' text)}" } } } }],
    [
      'a fragment that the sandbox refuses',
      { activities: { a: { inputs: { message: "${re.sub('(?=a)', text.__class__, text)}" } } } },
    ],
    ['a variable that does not exist', { activities: { a: { inputs: { message: "${re.sub('(?=a)', '', ghost)}" } } } }],
    [
      'a variable called re',
      { constants: { text: { value: 'a' }, re: { value: 'x' } }, activities: { a: { inputs: { message: AHEAD } } } },
    ],
    ['a replacement', { activities: { a: { inputs: { message: String.raw`${'$'}{re.sub('(a)', r'\1\1', text)}` } } } }],
    [
      'a pattern of a variable',
      {
        activities: { a: { inputs: { message: "${re.sub(text, '', text)}" } } },
        constants: { text: { value: '(?=a)' } },
      },
    ],
    ['no pattern', { activities: { a: { inputs: { message: "${re.sub('(', '', text)}" } } } }],
    [
      'an output',
      {
        constants: {
          text: { value: 'a' },
          out: { source_type: 'component_outputs', source_info: { a: ['_result'] }, value: AHEAD },
        },
      },
    ],
  ])('is not in %s', (_, given) => {
    expect(of(given)).toEqual([]);
  });

  test('is found where a loop gathers what it names', () => {
    const loop_config = { enable: true, loop_times: 2, outputs_key: '${all}' };
    const looped = { a: { loop_config, inputs: { message: "${re.sub('(?=a)', '', str(all))}" } } };

    expect(of({ activities: looped })).toHaveLength(1);
  });

  test('is not looked for where nothing is rendered', () => {
    const tree = sketch({ ...ONE, activities: { a: { inputs: { message: AHEAD } } } });
    Object.assign(tree.activities.a!, {
      component: { code: 'bk_display', data: { message: { hook: false, need_render: false, value: AHEAD } } },
    });

    expect(problemsOf(tree)).toEqual([]);
  });

  test('does not keep anybody from changing other constants of a task that has it', () => {
    const tree = sketch({ ...ONE, constants: { text: { value: 'a' }, cut: { value: AHEAD } } });

    expect(problemsOf(tree, { changedConstants: ['${text}'] })).toEqual([]);
    expect(problemsOf(tree, { changedConstants: ['${cut}'] })).toHaveLength(1);
  });
});

describe('a condition that can never be read', () => {
  const branches = (type: 'ExclusiveGateway' | 'ConditionalParallelGateway', evaluate: string, extra = {}) =>
    sketch({
      chains: ['S x a v E', 'x b v'],
      constants: ONE.constants,
      gateways: {
        x: { type, name: 'which', conditions: { x_a: { evaluate }, x_b: { evaluate: '1 == 1' } }, ...extra },
        v: { type: 'ConvergeGateway' },
      },
    });

  test.each(['ExclusiveGateway', 'ConditionalParallelGateway'] as const)('is refused at a %s', (type) => {
    expect(problemsOf(branches(type, '${text} = 3'))).toMatchObject([
      {
        nodeId: 'x',
        path: 'gateways→x→conditions→x_a→evaluate',
        message: expect.stringMatching(
          /^gateway x \(which\), flow x_a: the condition "\$\{text\} = 3": unexpected '= 3' at 8: expected an operator/,
        ),
      },
    ]);
    expect(problemsOf(branches(type, '${text} == 3'))).toEqual([]);
  });

  test('is refused inside a subprocess, and where it is an expression', () => {
    const inner = branches('ExclusiveGateway', '1 ==');
    const expression = branches('ExclusiveGateway', 'text ==', { extra_info: { parse_lang: 'expr' } });

    expect(problemsOf(withSubprocess(inner))).toMatchObject([
      { message: expect.stringMatching(/^in subprocess s: gateway x/) },
    ]);
    expect(problemsOf(expression)).toMatchObject([
      { nodeId: 'x', message: expect.stringContaining('flow x_a: the condition "text =="') },
    ]);
    expect(problemsOf(branches('ExclusiveGateway', 'text == "a"', { extra_info: { parse_lang: 'expr' } }))).toEqual([]);
  });
});
