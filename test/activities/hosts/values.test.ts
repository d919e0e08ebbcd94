import { ReportedValues, valuesIn } from '../../../activities/hosts/values';

describe('values that scripts report', () => {
  it.each<[string, string, Record<string, string>]>([
    ['as they are', 'a <SOPS_VAR>k:v</SOPS_VAR> b<SOPS_VAR>l: w:x </SOPS_VAR>', { k: 'v', l: ' w:x ' }],
    ['over several lines', '<SOPS_VAR>k:one\ntwo</SOPS_VAR>', { k: 'one\ntwo' }],
    [
      'as HTML has them, after all others',
      '&lt;SOPS_VAR&gt;k:html&lt;/SOPS_VAR&gt;<SOPS_VAR>k:plain</SOPS_VAR>',
      { k: 'html' },
    ],
    ['the last of one name', '<SOPS_VAR>k:1</SOPS_VAR><SOPS_VAR>k:2</SOPS_VAR>', { k: '2' }],
    ['not without a name or a colon', '<SOPS_VAR>:v</SOPS_VAR><SOPS_VAR>v</SOPS_VAR><SOPS_VAR>open:', {}],
    ['whatever they are called', '<SOPS_VAR>__proto__:v</SOPS_VAR>', JSON.parse('{"__proto__": "v"}')],
  ])('are found %s', (_name, log, values) => {
    expect([...valuesIn(log)]).toEqual(Object.entries(values));
  });

  it('are those of the first host that has one, and differences are told', () => {
    const reported = new ReportedValues(1_000);
    reported.add(
      new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
    reported.add(
      new Map([
        ['a', '1'],
        ['b', '3'],
        ['c', '4'],
      ]),
    );

    expect([reported.values, reported.conflicts]).toEqual([{ a: '1', b: '2', c: '4' }, ['b']]);
  });

  it('are left out where they come to too much', () => {
    const reported = new ReportedValues(10);
    reported.add(
      new Map([
        ['a', '12345'],
        ['b', 'x'.repeat(20)],
      ]),
    );
    expect(reported.values).toEqual({ a: '12345' });
  });
});
