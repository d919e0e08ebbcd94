import type { Json } from '../../../pipeline/json';
import type { Constant } from '../../../pipeline/tree/types';
import { Simulation } from '../../support/simulation';
import { compileTree, sketch } from '../../support/trees';
import { NOW, render, whole } from './support';

const failed = (reason: string) => `inputs hydrate failed(${reason}), check node log for details`;

describe('a constant of type', () => {
  it.each<[type: string, value: Json, seen: Json]>([
    ['input', 'a text', 'a text'],
    ['textarea', 'two\nlines', 'two\nlines'],
    ['datetime', '2024-01-02 03:04:05', '2024-01-02 03:04:05'],
    ['date', '2024-01-02', '2024-01-02'],
    ['int', 7, 7],
    ['no such type', '12:30:45', '12:30:45'],
    ['set_module_selector', { needs: 'CMDB' }, { needs: 'CMDB' }],
    ['time', '12:30:45', '12:30'],
    ['password', 'cipher', 'cipher'],
    ['password', { type: 'password_value', tag: 'variable', value: 'cipher' }, 'cipher'],
    ['select', 'one', 'one'],
    ['select', ['one', 2, true], 'one,2,True'],
    ['select', [], ''],
    ['bk_user_selector', 'ann,bob', 'ann,bob'],
    ['bk_user_selector', ['ann', 'bob'], 'ann,bob'],
    ['staff_group_selector', ['Maintainers', 3], 'Maintainers,3'],
    ['format_support_datetime', { datetime: '2024-01-02 03:04:05' }, '2024-01-02 03:04:05'],
    ['format_support_datetime', { datetime: '2024-01-02 03:04:05', datetime_format: ' %d.%m.%y ' }, '02.01.24'],
    ['ip', { var_ip_method: 'custom', var_ip_custom_value: '10.0.0.1, 10.0.0.2;10.0.0.1' }, '10.0.0.1,10.0.0.2'],
    ['ip', { var_ip_method: 'custom', var_ip_custom_value: '999.0.0.1 no 1.2.3.4.5' }, ''],
    ['ip', { var_ip_method: 'manual', var_ip_manual_value: '0:10.0.0.3' }, '10.0.0.3'],
    [
      'ip',
      { var_ip_method: 'tree', var_ip_tree: ['module_3_10.0.0.4', 'set_1_module_2_10.0.0.5'] },
      '10.0.0.4,10.0.0.5',
    ],
    ['ip_selector', { selectors: ['ip'], ip: [{ bk_host_innerip: '10.0.0.1', bk_cloud_id: 2 }] }, '10.0.0.1'],
    [
      'ip_selector',
      {
        selectors: ['ip'],
        ip: [{ bk_host_innerip: '10.0.0.1', cloud: [{ id: '2' }] }, { bk_host_innerip: '10.0.0.2' }],
        with_cloud_id: true,
      },
      '2:10.0.0.1,0:10.0.0.2',
    ],
    [
      'ip_selector',
      { selectors: ['manual'], manual_input: { type: 'ip', value: '10.0.0.7\n10.0.0.8' } },
      '10.0.0.7,10.0.0.8',
    ],
    ['ip_selector', '10.0.0.9', '10.0.0.9'],
    ['datatable', [{ a: 1 }], 'DataTable with a Fields'],
  ])('%s with %j is seen as %j', (custom_type, value, seen) => {
    expect(whole({ custom_type, value })).toEqual(seen);
  });

  it.each<[type: string, value: Json, reason: string]>([
    ['time', 1230, 'a time is not text of the form HH:MM:SS'],
    ['password', { value: 'secret' }, 'a password is neither text nor {type: "password_value", value}'],
    ['text_value_select', 'v1', 'text_value_select has no items: its definition is missing'],
    [
      'text_value_select',
      { meta_data: '[{"text": ', info_value: 'v1' },
      'the items of a text_value_select are not JSON',
    ],
    ['text_value_select', { meta_data: '', info_value: 'v1' }, 'the items of a text_value_select are not JSON'],
    ['datatable', 'no rows', 'the rows of a datatable are not JSON'],
    ['datatable', ['no row'], 'a datatable is not a list of rows'],
    ['current_time', 'noon', 'the definition of a time is not an object'],
    ['format_support_datetime', {}, 'format_support_datetime has no datetime'],
    ['format_support_datetime', { datetime: 'noon' }, "time data 'noon' does not match format '%Y-%m-%d %H:%M:%S'"],
    [
      'ip',
      { var_ip_method: 'tree', var_ip_tree: ['module_12'] },
      'module 12 of an ip variable needs a CMDB, which is not connected',
    ],
    ['ip_selector', { selectors: ['topo'] }, 'selector topo of an ip_selector needs a CMDB, which is not connected'],
    [
      'ip_selector',
      { selectors: ['ip'], ip: [], filters: [{ field: 'biz', value: ['x'] }] },
      'filters of an ip_selector needs a CMDB, which is not connected',
    ],
  ])('%s with %j fails its node', (custom_type, value, reason) => {
    expect(whole({ custom_type, value })).toBe(failed(reason));
  });

  it('does not put the value of a broken password into the message', () => {
    expect(
      whole({ custom_type: 'password', value: { type: 'password_value', value: { deep: 's3cret' } } }),
    ).not.toContain('s3cret');
  });

  it('does not hurt a node that does not use it', () => {
    expect(render({ custom_type: 'time', value: 1230 }, { it: 'fine' })).toEqual({ it: 'fine' });
  });

  it('is rendered before it is resolved', () => {
    const others = { hour: { custom_type: 'input', value: '08' } };

    expect(render({ custom_type: 'time', value: '${hour}:30:00' }, { it: 'at ${v}' }, {}, others)).toEqual({
      it: 'at 08:30',
    });
  });
});

describe('the time of', () => {
  it.each<[type: string, value: Json, seen: string]>([
    ['current_time', {}, '2024-03-06 07:07:09'],
    ['current_time', '', '2024-03-06 07:07:09'],
    ['current_time', { time_unit: [] }, '2024-03-06 07:07:09'],
    ['current_time', { time_unit: ['year', 'month'] }, '2024-03'],
    ['current_time', { time_unit: ['hour', 'second'] }, '07:09'],
    ['current_time', { time_unit: ['minute', 'day', 'hour'] }, '06 07:07'],
    ['current_time', { time_zone: 'UTC' }, '2024-03-05 23:07:09'],
    ['current_time', { time_zone: 'Europe/Berlin' }, '2024-03-06 00:07:09'],
    ['format_support_current_time', {}, '2024-03-06 07:07:09'],
    ['format_support_current_time', { time_format: ' %Y年%m月%d日 ' }, '2024年03月06日'],
    ['format_support_current_time', { time_format: '%H:%M:%S.%f %z %Z' }, '07:07:09.250000 +0800 CST'],
    ['format_support_current_time', { time_format: '%H %z', time_zone: 'Europe/Berlin' }, '00 +0100'],
    ['format_support_current_time', { time_format: '%H', time_zone: '${tz}' }, '00'],
  ])('%s with %j is %s', (custom_type, value, seen) => {
    const zones: Record<string, [number, number][]> = {
      'Europe/Berlin': [
        [0, 60],
        [Date.UTC(2024, 2, 31, 1), 120],
      ],
    };

    expect(render({ custom_type, value }, { it: '${v}' }, { zones }, { tz: { value: 'Europe/Berlin' } })).toEqual({
      it: seen,
    });
  });

  it('a zone that nothing is known of fails its node', () => {
    const value = { time_zone: 'Mars/Phobos' };

    expect(whole({ custom_type: 'current_time', value })).toBe(
      failed('nothing is known of time zone "Mars/Phobos": it has to be a real one, written out'),
    );
  });

  it.each<[when: string, constant: Partial<Constant>, second: string]>([
    ['at each use', {}, '07:07:14'],
    ['once, at the start, when it is rendered before', { pre_render_mako: true }, '07:07:09'],
  ])('is taken %s', (_when, constant, second) => {
    const value = { time_unit: ['hour', 'minute', 'second'] };
    const tree = sketch({
      chains: ['S a wait b E'],
      activities: {
        a: { inputs: { it: '${v}' } },
        wait: { code: 'sleep_timer', inputs: { bk_timing: 5 } },
        b: { inputs: { it: '${v}' } },
      },
      constants: { v: { custom_type: 'current_time', value, ...constant } },
    });
    const simulation = new Simulation(compileTree(tree));
    simulation.now = NOW;

    simulation.start().runTimers();

    const seen = ['a', 'b'].map((node) => simulation.rows.get(node)?.inputs.it);
    expect(seen).toEqual(['07:07:09', second]);
  });
});

describe('a program', () => {
  const zone = (time_zone: Json, custom_type = 'current_time') => ({ custom_type, value: { time_zone } });

  it('says which time zones its constants mention, those of subprocesses too', () => {
    const pipeline = sketch({ chains: ['S inner E'], constants: { a: zone('Asia/Tokyo') } });
    const tree = sketch({
      chains: ['S sub E'],
      activities: { sub: { type: 'SubProcess', pipeline, component: undefined } as never },
      constants: {
        a: zone('Europe/Berlin', 'format_support_current_time'),
        b: zone('Europe/Berlin'),
        c: zone('Asia/Shanghai'),
        d: zone('UTC'),
        e: zone('${tz}'),
        f: zone('America/New_York', 'input'),
      },
    });

    expect(compileTree(tree).zones).toEqual(['Europe/Berlin', 'Asia/Tokyo']);
  });

  it('says nothing of time zones when there are none', () => {
    expect(compileTree(sketch({ chains: ['S a E'], constants: { c: zone('Asia/Shanghai') } }))).not.toHaveProperty(
      'zones',
    );
  });
});
