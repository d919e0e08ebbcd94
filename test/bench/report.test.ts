import { Report } from '../../bench/report';

describe('a report', () => {
  const silent = () => new Report(() => {});

  it.each([
    ['a value that is enough', 0.6, { atLeast: 0.6 }, true],
    ['a value that is too little', 0.59, { atLeast: 0.6 }, false],
    ['a value that is too much', 1.21, { atMost: 1.2 }, false],
    ['an estimate that reaches it', { value: 0.95, low: 0.93, high: 0.98 }, { atLeast: 0.97 }, true],
    ['an estimate that stays below', { value: 0.95, low: 0.93, high: 0.96 }, { atLeast: 0.97 }, false],
    ['an estimate that begins below the bound', { value: 1.3, low: 1.1, high: 1.4 }, { atMost: 1.2 }, true],
    ['an estimate above the bound', { value: 1.3, low: 1.21, high: 1.4 }, { atMost: 1.2 }, false],
  ])('judges %s', (_, measured, bound, holds) => {
    const report = silent();

    report.target('a target', measured, bound);

    expect(report.targets[0]).toMatchObject({ name: 'a target', holds });
  });

  it('says which targets fall short, after those that hold', () => {
    let text = '';
    const report = new Report((more) => {
      text += more;
    });
    report.target('too slow', 2, { atMost: 1 });
    report.target('fast enough', 1, { atMost: 1 });

    report.conclude();

    expect(text).toMatch(/fast enough.*holds\n.*too slow.*FALLS SHORT\n.*1 of 2 targets fall short/s);
  });

  it('keeps every sample, and no two under one name', () => {
    const report = silent();
    report.keep('latency', [1, 2]);

    expect(report.samples).toEqual({ latency: [1, 2] });
    expect(() => report.keep('latency', [3])).toThrow('latency is reported twice');
  });
});
