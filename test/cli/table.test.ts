import { tableOf } from '../../cli/table/table';
import { fitted, harmless, widthOf } from '../../cli/table/width';

describe('a table', () => {
  const rows = [
    [1, '空闲机', 'a'],
    [20, 'gs', 'b'],
  ];

  it('has its columns below each other, also those of wide characters', () => {
    expect(tableOf(['ID', 'NAME', 'TAGS'], rows)).toBe('ID  NAME    TAGS\n1   空闲机  a\n20  gs      b\n');
  });

  it('fits a terminal: the widest columns give way', () => {
    const text = tableOf(['ID', 'NAME', 'TAGS'], [[1, 'x'.repeat(50), 'y'.repeat(30)]], 30);

    expect(text).toBe(`ID  NAME          TAGS\n1   ${'x'.repeat(11)}…  ${'y'.repeat(11)}…\n`);
    for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(30);
  });

  it('keeps to its narrowest where a terminal is narrower still', () => {
    expect(tableOf(['A', 'B'], [['x'.repeat(9), 'y'.repeat(9)]], 3)).toBe('A     B\nxxx…  yyy…\n');
  });

  it('without rows has its titles', () => {
    expect(tableOf(['A', 'B'], [])).toBe('A  B\n');
  });

  it('does nothing to the terminal, whatever stands in it', () => {
    expect(tableOf(['A'], [['\u001b[2Jx\ny']])).toBe('A\n\ufffd[2Jx\ufffdy\n');
    expect(harmless('a\tb\u009bc')).toBe('a\ufffdb\ufffdc');
  });

  it.each([
    ['空闲机', 6],
    ['e\u0301', 1],
    ['a\u200bb', 2],
    ['한국', 4],
    ['👍', 2],
    ['', 0],
  ])('takes the width of %s as %i', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('cuts between characters', () => {
    expect(fitted('空闲机', 4)).toBe('空… ');
    expect(fitted('空闲机', 5)).toBe('空闲…');
    expect(fitted('ab', 2)).toBe('ab');
  });
});
