import { existsSync } from 'node:fs';

const SlowFirst = require('./slow-first');

describe('the suites that are begun first', () => {
  it('are there', () => {
    expect(SlowFirst.files.filter((file: string) => !existsSync(file))).toEqual([]);
  });

  it('come in their order, before all others', () => {
    const sequencer = new SlowFirst({ globalConfig: { ci: false } });
    const [first, second] = SlowFirst.files;
    const config = { cache: false, cacheDirectory: '/nowhere', id: 'x' };
    const context = { config, hasteFS: { getSize: () => 1 } };
    const tests = ['/a.test.ts', second, '/b.test.ts', first].map((path) => ({ context, path }));

    const sorted = sequencer.sort(tests).map(({ path }: { path: string }) => path);

    expect(sorted.slice(0, 2)).toEqual([first, second]);
    expect(sorted.slice(2).sort()).toEqual(['/a.test.ts', '/b.test.ts']);
  });
});
