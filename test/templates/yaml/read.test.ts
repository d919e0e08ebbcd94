import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineTree } from '../../../pipeline/tree/types';
import { readDocument } from '../../../templates/bundle-text';
import { readTree } from '../../../templates/tree-text';
import { kept } from '../../support/yaml';

const SAMPLE = readFileSync(join(__dirname, '../../data/import/template_v1.yaml'), 'utf8');

/** The two examples of the format's reference. */
const LINE = `
schema_version: v1
meta: {name: release one host, id: solo, description: wait then decide}
spec:
  nodes:
  - {id: begin, type: EmptyStartEvent}
  - {id: wait, type: ServiceActivity, name: wait, can_skip: false,
     component: {code: sleep_timer, version: legacy, data: {bk_timing: {key: "\${delay}", name: seconds, value: "5"}, force_check: {value: true}}},
     output: {_result: {key: "\${wait_ok}", name: wait ok, hide: true}}}
  - {id: gate, type: ExclusiveGateway, next: [hold, finish],
     conditions: {hold: {name: failed, evaluate: "\${wait_ok} == False"}}, default_condition: {finish: {name: otherwise}}}
  - {id: hold, type: ServiceActivity, name: ask, component: {code: pause_node, version: legacy, data: {description: {value: "check \${host}"}}}}
  - {id: finish, type: EmptyEndEvent}
  constants: {"\${host}": {name: host, value: 10.0.0.1, type: input, validation: ^.+$}}
  outputs: ["\${wait_ok}"]
`;
const FAMILY = `
{schema_version: v1, meta: {name: parent, id: outer}, spec: {nodes: [
  {id: o1, type: EmptyStartEvent},
  {id: o2, type: SubProcess, name: run child, template_id: inner, output: {"\${said}": {name: what it said, key: "\${child_said}"}},
   data: {"\${word}": {name: word for the child, key: "\${outer_word}", value: hello, type: input}, "\${times}": {value: "3"}}},
  {id: o3, type: EmptyEndEvent}]}}
---
{schema_version: v1, meta: {name: child, id: inner}, spec: {outputs: ["\${said}"], nodes: [
  {id: i1, type: EmptyStartEvent},
  {id: i2, type: ServiceActivity, name: say, component: {code: pause_node, version: legacy, data: {description: {value: "\${word} x \${times}"}}}, output: {_result: {name: said, key: "\${said}"}}},
  {id: i3, type: EmptyEndEvent}], constants: {"\${word}": {name: word, type: input}, "\${times}": {name: times, value: "1", type: input, hide: true}}}}
---
`;

/** A flow of one waiting node, with some of its lines replaced. */
function flow(change: (text: string) => string): string {
  return change(SAMPLE);
}

const treesOf = (text: string) =>
  Object.fromEntries(readDocument(text, 'yaml').map(({ key, tree }) => [key, tree as PipelineTree]));

describe("bk-sops' YAML", () => {
  it('is read: the sample', () => {
    const [template] = readDocument(SAMPLE, 'yaml');

    expect(template).toMatchObject({ key: 't1', settings: { name: 'waits' }, schemes: [] });
    expect(kept(template!.tree)).toMatchObject({
      start_event: { id: 'begin', outgoing: 'begin_pause' },
      end_event: { id: 'end', incoming: ['pause_end'] },
      activities: {
        pause: {
          name: 'wait a second',
          incoming: ['begin_pause'],
          outgoing: 'pause_end',
          optional: true,
          error_ignorable: false,
          component: { code: 'sleep_timer', version: 'legacy', data: { bk_timing: { value: '1', hook: false } } },
        },
      },
    });
  });

  it('is read: a line with a gateway and constants', () => {
    const { solo } = treesOf(LINE) as { solo: PipelineTree };

    expect(kept(solo)).toBeDefined();
    expect(solo.activities.wait).toMatchObject({
      skippable: false,
      component: { data: { bk_timing: { value: '${delay}', hook: true }, force_check: { value: true, hook: false } } },
    });
    expect(Object.keys(solo.flows)).toHaveLength(5);
    expect(solo.end_event.incoming).toHaveLength(2);
    expect(solo.gateways.gate).toMatchObject({
      outgoing: ['gate_hold', 'gate_finish'],
      conditions: { gate_hold: { name: 'failed', evaluate: '${wait_ok} == False', tag: 'branch_gate_hold' } },
      default_condition: { name: 'otherwise', flow_id: 'gate_finish', tag: 'branch_gate_finish' },
    });
    expect(solo.constants).toMatchObject({
      '${delay}': {
        index: 0,
        source_type: 'component_inputs',
        value: '5',
        source_tag: 'sleep_timer.bk_timing',
        source_info: { wait: ['bk_timing'] },
      },
      '${wait_ok}': {
        index: 1,
        source_type: 'component_outputs',
        show_type: 'hide',
        source_tag: 'sleep_timer._result',
      },
      '${host}': {
        index: 2,
        source_type: 'custom',
        custom_type: 'input',
        source_tag: 'input.input',
        value: '10.0.0.1',
      },
    });
    expect(solo.outputs).toEqual(['${wait_ok}']);
  });

  it('is read: two documents, the second is the subprocess of the first', () => {
    const { outer, inner } = treesOf(FAMILY) as { outer: PipelineTree; inner: PipelineTree };

    expect([kept(outer), kept(inner)]).toHaveLength(2);
    expect(outer.activities.o2).toMatchObject({
      template_id: 'inner',
      constants: {
        '${word}': { key: '${word}', value: '${outer_word}', custom_type: 'input', name: 'word' },
        '${times}': { key: '${times}', value: '3', show_type: 'hide' },
      },
    });
    expect(Object.keys((outer.activities.o2 as { constants?: object }).constants!)).not.toContain('${said}');
    expect(outer.constants).toMatchObject({
      '${outer_word}': { index: 0, value: 'hello', source_info: { o2: ['${word}'] }, source_tag: 'input.input' },
      '${child_said}': { index: 1, source_type: 'component_outputs', source_info: { o2: ['${said}'] } },
    });
  });

  it('reads scalars as Python does', () => {
    const scalars: [string, unknown][] = [
      ['yes', true],
      ['off', false],
      ['y', 'y'],
      ['2026-01-01', '2026-01-01'],
      ['010', 8],
      ['08', '08'],
      ['1:30', 90],
      ['01:30', '01:30'],
      ['e2', 'e2'],
      ['1e3', '1e3'],
      ['1.5e+3', 1500],
      ['.5', 0.5],
      ['.', '.'],
      ['.inf', '.inf'],
      ['1_000', 1000],
      ['~', null],
      ["'1'", '1'],
    ];
    const values = scalars.map(([text], index) => `v${index}: {value: ${text}}`).join(', ');
    const { t1 } = treesOf(
      flow((text) => text.replace("bk_timing: {value: '1'}", values).replace(/data:\s+(.*)\n/, 'data: {$1}\n')),
    );
    const { data } = (t1!.activities.pause as { component: { data: Record<string, { value: unknown }> } }).component;

    expect(Object.values(data).map(({ value }) => value)).toEqual(scalars.map(([, value]) => value));
  });

  it('is lenient where nothing can be mistaken', () => {
    const lenient = flow((text) =>
      text.replace('next: [pause]', 'next: pause').replace('id: t1', 'id: 7').replace('\n      next: [end]', ''),
    );

    const trees = treesOf(`${lenient}---\n`);
    expect(Object.keys(trees)).toEqual(['7']);
    expect(Object.keys(trees['7']!.flows)).toEqual(['begin_pause', 'pause_end']);
  });

  it('does not hide what says that it is not hidden', () => {
    const { t1 } = treesOf(`${SAMPLE}  constants: {"\${a}": {hide: false}, "\${b}": {hide: true}}\n`);

    expect(Object.values(t1!.constants).map(({ show_type, name }) => [name, show_type])).toEqual([
      ['a', 'show'],
      ['b', 'hide'],
    ]);
  });

  it.each<[string, (text: string) => string, string[]]>([
    [
      'another version',
      (text) => text.replace('v1', 'v9'),
      ['document t1: schema_version: is not known: this reads v1'],
    ],
    ['no name', (text) => text.replace('name: waits', "name: ''"), ['document t1: meta.name: is empty']],
    ['no nodes', (text) => text.slice(0, text.indexOf('  nodes')), ['document t1: spec']],
    ['an unknown type', (text) => text.replace('ServiceActivity', 'Foo'), ['node pause: type: ']],
    [
      'an id twice',
      (text) => text.replace('id: pause', 'id: end'),
      ['node end: its id is that of another node, too', 'its next pause is no node'],
    ],
    ['a document twice', (text) => `${text}---\n${text}`, ['document t1: its meta.id is that of another document']],
    [
      'no start',
      (text) => text.replace('EmptyStartEvent', 'ConvergeGateway'),
      ['it has 0 nodes of type EmptyStartEvent'],
    ],
    ['two ends', (text) => `${text}    - {id: e2, type: EmptyEndEvent}\n`, ['it has 2 nodes of type EmptyEndEvent']],
    ['a next that is none', (text) => text.replace('[end]', '[nowhere]'), ['node pause: its next nowhere is no node']],
    ['a next that is a letter of it', (text) => text.replace('[end]', 'en'), ['node pause: its next en is no node']],
    [
      'several that follow',
      (text) => text.replace('[end]', '[end, pause]'),
      ['node pause: only one node may follow it'],
    ],
    [
      'nothing that follows',
      (text) => text.slice(0, text.indexOf('    - id: end')).replace('next: [end]', ''),
      ['it needs a next', '0 nodes of type EmptyEndEvent'],
    ],
    [
      'an input without a mapping',
      (text) => text.replace("{value: '1'}", '5'),
      ['node pause: component.data.bk_timing: must be a mapping'],
    ],
    [
      'an input without a value',
      (text) => text.replace("{value: '1'}", '{}'),
      ['node pause: its input bk_timing has neither value nor key'],
    ],
    [
      'a version that is a number',
      (text) => text.replace('version: legacy', 'version: 1.0'),
      ['component.version: must be a text: put it in quotes'],
    ],
    [
      'a gateway that does not decide',
      (text) =>
        text.replace('type: ServiceActivity', 'type: ExclusiveGateway\n      conditions: {begin: {evaluate: a}}'),
      ['its condition for begin: that is none of its next', 'its next end has no condition'],
    ],
    [
      'a constant that is both',
      (text) =>
        text
          .replace("{value: '1'}", '{key: "${a}"}')
          .replace('      next: [end]', '      output: {_result: {key: "${a}"}}\n      next: [end]'),
      ['constant ${a} is made by a node and given to one'],
    ],
    ['what is no YAML', (text) => text.replace('spec:', 'spec: ['), ['invalid YAML: ']],
    ['a node of no id', (text) => text.replace('- id: pause', '-'), ['node #2: id: ']],
    ['an id that is none', (text) => text.replaceAll('pause', '__proto__'), ['is no id']],
    [
      'an anchor that stands within itself',
      (text) => `${text}  constants: &c {"\${a}": {value: *c}}\n`,
      ['invalid YAML: the anchor &c stands within itself: *c at line 22'],
    ],
    [
      'an anchor that is merged into itself',
      (text) => `${text}  x: &a {<<: *a}\n`,
      ['the anchor &a stands within itself'],
    ],
    [
      'nothing but its version',
      () => 'schema_version: v1\n',
      ['document #1: meta: is missing', 'document #1: spec: is missing'],
    ],
    [
      'a name that is a number',
      (text) => text.replace('waits', '5'),
      ['document t1: meta.name: must be a text: put it in'],
    ],
    [
      'a number that is not finite',
      (text) => text.replace("'1'", '[{a: 1.0e+400}]'),
      ['document t1, node pause: component.data.bk_timing.value.0.a: is too large to be kept as a number'],
    ],
    [
      'a way back to the start',
      (text) => text.replace('[end]', '[begin]'),
      ['node pause: its next begin is the start, which'],
    ],
    [
      'a start that follows itself',
      (text) => text.replace('[pause]', 'begin'),
      ['node begin: its next begin is the start'],
    ],
    [
      'a next of nothing',
      (text) => text.replace('[end]', '~'),
      ['document t1, node pause: next: must be a list of node ids'],
    ],
    ['a next of lists', (text) => text.replace('[end]', '[[end]]'), ['node pause: next.0: is no id']],
    [
      'a mapping for an id',
      (text) => text.replace('id: t1', 'id: {a: 1}'),
      ['document #1: meta.id: is no id: it has to be'],
    ],
  ])('is refused with %s, and says where', (_name, change, messages) => {
    const read = () => readDocument(flow(change), 'yaml');

    expect(read).toThrow();
    for (const message of messages) expect(read).toThrow(message);
  });

  it.each([
    ['9007199254740993', 'a number beyond 2^53'],
    ['2026-01-01', 'is a date'],
    ['2026-01-01 10:00:00', 'is a date'],
    ['1.50', 'is the number 1.5'],
    ['1.5', 'is a number'],
    ['1.0', 'is the number 1'],
    ['010', 'is the number 8'],
    ['1_000', 'is the number 1000'],
    ['1:30', 'is the number 90'],
    ['1e+30', 'is a number'],
    ['.5', 'is the number 0.5'],
    ['yes', 'is true, true or false, and no id'],
    ['~', 'is empty'],
  ])('is refused with the id %s at any place, and read when it stands in quotes', (id, message) => {
    const nodes = SAMPLE.replace('id: pause', `id: ${id}`).replace('[pause]', `[${id}]`);
    const subprocess = SAMPLE.replace('type: ServiceActivity', `type: SubProcess\n      template_id: ${id}`);
    const next = SAMPLE.replace('[pause]', id);

    expect(() => readDocument(SAMPLE.replace('id: t1', `id: ${id}`), 'yaml')).toThrow(message);
    expect(() => readDocument(SAMPLE.replace('id: t1', `id: ${id}`), 'yaml')).toThrow(/document #?[\w.+]+: meta\.id: /);
    expect(() => readDocument(nodes, 'yaml')).toThrow(/document t1, node begin: next\.0: .*document t1, node .*: id: /);
    expect(() => readDocument(nodes, 'yaml')).toThrow(message);
    expect(() => readDocument(subprocess, 'yaml')).toThrow('document t1, node pause: template_id: ');
    if (id !== '~') expect(() => readDocument(next, 'yaml')).toThrow('document t1, node begin: next.0: ');
    const quoted = SAMPLE.replace('id: t1', `id: "${id}"`).replaceAll('pause', `"${id}"`);
    expect(Object.keys((treesOf(quoted)[id] as PipelineTree).activities)).toEqual([id]);
  });

  it('takes ids for what they are where an alias stands for them, and nothing else for an id', () => {
    const alias = SAMPLE.replace('id: pause', 'id: &p 1.0').replace('[pause]', '[&p pause]');
    const value = SAMPLE.replace("'1'", '{id: 1.0, next: [2026-01-01], template_id: 010}');
    const { t1 } = treesOf(value);

    expect(() => readDocument(alias, 'yaml')).toThrow('id: 1.0 is the number 1: put it in quotes');
    expect(t1!.activities.pause).toMatchObject({
      component: { data: { bk_timing: { value: { id: 1, next: ['2026-01-01'], template_id: 8 } } } },
    });
  });

  it.each([
    ['', 'there is no template in it'],
    ['# nothing', 'there is no template in it'],
    ['hello', 'there is no template in it'],
    ['- 1', 'there is no template in it'],
    ['[{schema_version: v1}]', 'there is no template in it'],
    ['a: 1\n---\nb: 2\n', 'there are several documents in it, of which none has schema_version: v1'],
    ['a: &a [*a]', 'the anchor &a stands within itself: *a at line 1'],
    ['a: {b: .inf}', 'a.b: is too large to be kept as a number'],
    ['{gantry_templates: 1, templates: [{key: 1.5, name: x, pipeline_tree: {}}]}', 'templates.0.key: must be a text'],
    ['{gantry_templates: 1, templates: [{key: yes, pipeline_tree: {}, name: 1}]}', 'templates.0.name: '],
  ])('is refused where there is no template: %j', (text, message) => {
    expect(() => readDocument(text, 'yaml')).toThrow(message);
  });

  it('says everything that is wrong, in every document', () => {
    const two = `${SAMPLE.replace('[end]', '[nowhere]')}---\n${SAMPLE.replace('t1', 't2').replace('[pause]', '[elsewhere]')}`;

    expect(() => readDocument(two, 'yaml')).toThrow(
      'document t1, node pause: its next nowhere is no node; document t2, node begin: its next elsewhere is no node',
    );
  });

  it.each([
    [
      'aliases in aliases',
      `a: &a [x]\nb: &b [${'*a,'.repeat(20)}]\nc: &c [${'*b,'.repeat(20)}]\nd: [${'*c,'.repeat(20)}]\n`,
    ],
    ['brackets in brackets', `x: ${'['.repeat(5000)}`],
    ['a million characters', `x: ${'y'.repeat(1_000_001)}`],
    [
      'thousands of aliases',
      `x: [${Array.from({ length: 1001 }, (_, index) => `&a${index} 1, *a${index}`).join(', ')}]`,
    ],
    ['thousands of documents', '---\n{}\n'.repeat(1500)],
  ])('has a bound for %s', (_name, hostile) => {
    expect(() => readDocument(`schema_version: v1\n${hostile}`, 'yaml')).toThrow('invalid YAML: ');
  });

  it('has a bound for what subprocesses copy', () => {
    const parameters = Array.from({ length: 2000 }, (_, index) => `"\${p${index}}": {}`).join(', ');
    const child = `${SAMPLE.replace('id: t1', 'id: child')}  constants: {${parameters}}\n`;
    const nodes = Array.from(
      { length: 60 },
      (_, index) => `    - {id: s${index}, type: SubProcess, name: s, template_id: child}\n`,
    );
    const parent = SAMPLE.replace('    - id: end', `${nodes.join('')}    - id: end`).replace(
      'next: [end]',
      'next: [s0]',
    );

    expect(() => readDocument(`${child}---\n${parent}`, 'yaml')).toThrow(
      'its subprocesses have more than 100000 parameters',
    );
  });

  it('has no key twice, and needs no more time for many', () => {
    const many = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n');

    expect(() => readDocument(`${SAMPLE}\nspec: {nodes: []}\n`, 'yaml')).toThrow('"spec" is there twice');
    expect(() => readTree('a: 1\na: 2\n', 'yaml')).toThrow('"a" is there twice');
    expect(Object.keys(readTree(many, 'yaml').tree as object)).toHaveLength(60_000);
  });

  it('is one template where one is wanted', () => {
    expect(readTree(SAMPLE, 'yaml')).toMatchObject({ name: 'waits', tree: { activities: { pause: {} } } });
    expect(() => readTree(FAMILY, 'yaml')).toThrow(
      'there are 2 templates in the YAML: import_project_template takes several',
    );
  });

  it('is told from trees and from documents of ours', () => {
    expect(readTree('schema_versions: 1\n', 'yaml')).toEqual({ tree: { schema_versions: 1 } });
    expect(readTree('a: "schema_version: v1"\n', 'yaml')).toEqual({ tree: { a: 'schema_version: v1' } });
  });
});
