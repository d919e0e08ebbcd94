import type { Json } from '../../../pipeline/json';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { Simulation } from '../../support/simulation';
import { compileTree, sketch } from '../../support/trees';
import { render } from './support';

const ROWS: Json = [
  { host: '10.0.0.1', port: 80 },
  { host: '10.0.0.2', port: 81 },
];
const READ = { cell: '${v.host[1]}', lines: '${v.flat__port}', text: '${v}', sum: '${sum(v.port)}' };
const SEEN = { cell: '10.0.0.2', lines: '80\n81', text: 'DataTable with host,port Fields', sum: '161' };

describe('a datatable', () => {
  it.each<[what: string, constant: Record<string, Json>]>([
    ['rows', { value: ROWS }],
    ['rows as JSON text', { value: JSON.stringify(ROWS) }],
    ['the default of its definition', { is_meta: true, value: { columns: [], default: ROWS } }],
    [
      'the default text of its definition',
      { is_meta: true, value: { columns: [], default_text: JSON.stringify(ROWS) } },
    ],
    ['rows chosen for a definition', { is_meta: true, value: ROWS, meta: { value: { columns: [], default: [] } } }],
    ['rows that are resolved at the start', { value: ROWS, pre_render_mako: true }],
  ])('of %s has its columns', (_what, constant) => {
    expect(render({ custom_type: 'datatable', ...constant }, READ)).toEqual(SEEN);
  });

  it('without rows has no columns', () => {
    expect(render({ custom_type: 'datatable', value: [] }, { all: 'x ${v}', cell: '${v.host[0]}' })).toEqual({
      all: 'x DataTable with  Fields',
      cell: '${v.host[0]}',
    });
  });

  it('renders its cells', () => {
    const value = [{ host: '${ip}' }];

    expect(
      render({ custom_type: 'datatable', value }, { it: '${v.host[0]}' }, {}, { ip: { value: '10.0.0.9' } }),
    ).toEqual({
      it: '10.0.0.9',
    });
  });

  it.each<[what: string, given: Json]>([
    ['its own rows', ROWS],
    ['a table of the parent', '${T}'],
  ])('stays a table as a parameter of a subprocess, given %s', (_what, value) => {
    const simulation = new Simulation(compileTree(parentOf(childWith({ custom_type: 'datatable', value })))).start();

    expect(simulation.ended).toBe('FINISHED');
    expect(simulation.rows.get('inner')?.inputs).toMatchObject(SEEN);
    expect(simulation.rows.get('sub')?.inputs).toEqual({ '${v}': 'DataTable with host,port Fields' });
  });
});

describe('a typed parameter of a subprocess', () => {
  it.each<
    [
      what: string,
      constants: Record<string, { custom_type: string; value: string; source_info?: Record<string, string[]> }>,
      seen: string,
    ]
  >([
    ['is resolved', {}, '12:30'],
    [
      'is not resolved again when the parent has resolved it',
      { T: { custom_type: 'time', value: '12:30:45' } },
      '12:30',
    ],
    ['is resolved when the parent has plain text', { T: { custom_type: 'input', value: '12:30:45' } }, '12:30'],
    [
      'is handed on when it is hooked',
      { T: { custom_type: 'input', value: '12:30', source_info: { sub: ['${v}'] } } },
      '12:30',
    ],
  ])('%s', (_what, constants, seen) => {
    const value = 'T' in constants ? '${T}' : '12:30:45';
    const tree = parentOf(childWith({ custom_type: 'time', value }, { it: '${v}' }), constants);

    expect(new Simulation(compileTree(tree)).start().rows.get('inner')?.inputs).toMatchObject({ it: seen });
  });
});

function childWith(constant: { custom_type: string; value: Json }, inputs: Record<string, Json> = READ): PipelineTree {
  return sketch({ chains: ['S inner E'], activities: { inner: { inputs } }, constants: { v: constant } });
}

function parentOf(pipeline: PipelineTree, constants = {}): PipelineTree {
  return sketch({
    chains: ['S sub E'],
    activities: { sub: { type: 'SubProcess', pipeline, component: undefined } as never },
    constants: { T: { custom_type: 'datatable', value: ROWS }, ...constants },
  });
}
