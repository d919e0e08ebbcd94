import { join } from 'node:path';
import { parseRunArgs, readRunRequest } from '../../cli/run-request';

const FILE = join(__dirname, '../data/examples/fast_create_task.request.json');

describe('gantry run', () => {
  it('takes a file and values of its constants', () => {
    expect(parseRunArgs(['a.json', '--set', 'x=1', '--set', 'y=a=b'])).toEqual({
      file: 'a.json',
      settings: { x: '1', y: 'a=b' },
    });
    expect(() => parseRunArgs([])).toThrow('one file');
    expect(() => parseRunArgs(['a.json', '--set', 'x'])).toThrow('key=value');
  });

  it('sets constants of the tree', () => {
    const { name, pipeline_tree } = readRunRequest(FILE, { bk_timing: '3' });

    expect(name).toBe('tasktest');
    expect(pipeline_tree.constants!['${bk_timing}']!.value).toBe('3');
  });

  it('refuses a constant that the tree does not have, naming those that it has', () => {
    expect(() => readRunRequest(FILE, { nothing: '3' })).toThrow('has no constant nothing; it has: ${bk_timing}');
  });
});
