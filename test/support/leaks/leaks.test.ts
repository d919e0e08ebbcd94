import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../rooms';

describe('the check for leaks', () => {
  it('fails a suite whose tests pass, and names what it left open and where that was opened', () => {
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    const args = ['--testMatch', '**/leaks/leaky.ts', '--runInBand', '--forceExit', '--colors=false'];
    const { status, stderr } = spawnSync(process.execPath, [jest, ...args], { cwd: ROOT, encoding: 'utf8' });

    expect(stderr).toContain('Tests:       1 passed, 1 total');
    expect(stderr).toContain('in vain until all that the suite has opened is closed');
    const left = stderr.match(
      /(an?|the) (server|connection|process|thread|timeout|interval|delay) [^']*leaky\.ts:\d+/g,
    )!;
    expect(left.map((thing) => thing.split(' ')[1]).sort()).toEqual([
      'connection',
      'delay',
      'interval',
      'process',
      'server',
      'thread',
      'timeout',
    ]);
    expect(status).toBe(1);
  }, 120_000);
});
