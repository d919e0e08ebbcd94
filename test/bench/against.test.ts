import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildsOf, reportRatios } from '../../bench/against/sides';
import { honestShapes } from '../../bench/honest';
import { Report } from '../../bench/report';
import { BENCH_CONTEXT, programOf } from '../../bench/shapes';
import type { JsonObject } from '../../pipeline/json';
import { type Command, createState, type Event, step } from '../../pipeline/machine';

const ROOT = join(__dirname, '../..');

describe('the honest pipelines that are measured', () => {
  it.each(honestShapes().map((shape) => [shape.name, shape] as const))('%s: all is rendered', (_name, shape) => {
    const { inputs, shown } = runToEnd(shape.tree, shape.outputs);

    expect(shown).toBe('FINISHED');
    expect(inputs.length).toBeGreaterThanOrEqual(shape.nodes - 1);
    expect(JSON.stringify(inputs)).not.toContain('${');
  });
});

/** What every node was given, when its plugin answers at once. */
function runToEnd(tree: Parameters<typeof programOf>[0]['tree'], outputs: JsonObject = {}) {
  const program = programOf({ tree });
  const state = createState(program, BENCH_CONTEXT);
  const queue: Event[] = [{ type: 'started', at: 0 }];
  const inputs: JsonObject[] = [];
  const follow = (command: Command) => {
    if (command.type === 'more') queue.push({ type: 'continued', at: 0 });
    if (command.type !== 'run') return;
    inputs.push(command.inputs);
    queue.push({ type: 'plugin_ended', command: command.id, outcome: { ok: true, outputs, recorded: true }, at: 0 });
  };
  for (let next = 0; next < queue.length; next++) step(program, state, queue[next]!).forEach(follow);
  return { inputs, shown: state.shown };
}

describe('a comparison with another checkout', () => {
  it('needs one that has been built, and says so', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-against-'));
    try {
      expect(() => buildsOf(folder)).toThrow(/is not a build: run "npm ci" and "npm run build"/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('prints both medians, and the ratio of this to the other', () => {
    const lines: string[] = [];
    const report = new Report((text) => lines.push(text));

    const [ratio] = reportRatios(report, 'machine', 'us', [
      { name: 'serial', samples: { this: [2, 2, 2], other: [1, 1, 1] } },
    ]);

    expect(ratio).toEqual({ value: 2, low: 2, high: 2 });
    expect(lines.join('')).toMatch(/serial +2 +1 +2\.000 +2\.000 to 2\.000/);
    expect(report.samples['machine: serial, us']).toEqual({ this: [2, 2, 2], other: [1, 1, 1] });
  });

  it('measures the modules of the folder that it is given', async () => {
    const script = `
      const child = require('node:child_process').fork(process.argv[1], [process.argv[2]]);
      child.on('message', (us) => { console.log(us > 0); child.disconnect(); });
      child.send(0);`;
    const child = join(ROOT, 'dist/bench/against/machine-child.js');

    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, child, join(ROOT, 'dist')]);

    expect(stdout.trim()).toBe('true');
  });
});
