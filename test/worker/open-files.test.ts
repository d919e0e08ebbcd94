import { openFilesProblem, readLimits } from '../../worker/open-files';

const limits = (soft: string) => `Limit                     Soft Limit           Hard Limit           Units
Max processes             63432                63432                processes
Max open files            ${soft.padEnd(20)} 524288               files
`;

describe('the files that a worker may open', () => {
  it('are said to be too few for its hosts, with what to do', () => {
    const problem = openFilesProblem(limits('1024'), 500);

    expect(problem).toContain('1024 files');
    expect(problem).toContain('ulimit -n 1200');
    expect(problem).toContain('GANTRY_HOSTS_PARALLEL');
  });

  it.each([
    [limits('1200'), 500],
    [limits('1024'), 412],
    [limits('unlimited'), 5_000],
    ['', 500],
  ])('are enough, or nobody knows: %j for %i', (text, hosts) => {
    expect(openFilesProblem(text, hosts)).toBeUndefined();
  });

  it('are read of this process', () => {
    if (process.platform === 'linux') expect(readLimits()).toMatch(/^Max open files +\S+/m);
    else expect(readLimits()).toBe('');
  });
});
