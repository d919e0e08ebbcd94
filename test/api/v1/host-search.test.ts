import fc from 'fast-check';
import { appendLogs } from '../../../db/host-logs';
import { claimRuns } from '../../../db/host-runs';
import { searchHostLogs } from '../../../tasks/view/host-search';
import { addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { makeHostStep } from '../../support/host-steps';
import { dataOf, V1Client } from '../../support/v1';

describe('searching what hosts have written', () => {
  let gantry: Gantry;
  let v1: V1Client;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
  });
  afterAll(() => gantry.stop());

  /** A step whose hosts have written these logs, each in pieces of so many bytes. */
  async function written(logs: (string | Buffer)[], size = 1_000_000) {
    const stepId = await makeHostStep(gantry.db, logs.length, { projectId: 1 });
    const runs = await claimRuns(gantry.db, { stepId, part: 0, limit: logs.length });
    for (const [index, { id: runId }] of runs.entries()) {
      const all = Buffer.from(logs[index]!);
      for (let at = 0; at < all.length; at += size) {
        const bytes = all.subarray(at, at + size);
        await appendLogs(gantry.db, [
          { runId, hostTry: 1, readFrom: at, readTo: at + bytes.length, hasValues: false, bytes },
        ]);
      }
    }
    const { task_id: taskId } = await gantry.db
      .selectFrom('host_steps')
      .select('task_id')
      .where('id', '=', stepId)
      .executeTakeFirstOrThrow();
    const find = async (query: Record<string, string>, at = `host-steps/${stepId}`) =>
      dataOf(await v1.get(`/projects/1/${at}/search?${new URLSearchParams(query)}`));
    return { stepId, taskId, find };
  }
  const shown = ({ items }: { items: { place: number; at: number; line: string }[] }) =>
    items.map(({ place, at, line }) => [place, at, line]);

  it('finds lines by host, with where they begin, in a step and in its task', async () => {
    const { find, taskId } = await written(['one\ntwo ü.*\n', 'nothing', 'TWO Ü.*']);

    const exact = await find({ text: 'two ü.*' });

    expect(shown(exact)).toEqual([[1, 4, 'two ü.*']]);
    expect(exact).toMatchObject({ is_complete: true, next: null });
    const any = { text: 'two ü.*', ignore_case: 'true' };
    expect(shown(await find(any))).toEqual([
      [1, 4, 'two ü.*'],
      [3, 0, 'TWO Ü.*'],
    ]);
    expect(await find(any, `tasks/${taskId}/host-steps`)).toEqual(await find(any));
  });

  it('finds the same lines wherever the pieces of a log begin', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('needle', 'need', 'le', 'ü', '🚀', '\n', ' '), { maxLength: 60 }),
        fc.integer({ min: 1, max: 9 }),
        async (words, size) => {
          const text = words.join('');
          const { find } = await written([text], size);
          let at = 0;
          const expected = text.split('\n').flatMap((line) => {
            const from = at;
            at += Buffer.byteLength(line) + 1;
            return line.includes('needle') ? [[1, from]] : [];
          });
          expect(shown(await find({ text: 'needle' })).map(([place, from]) => [place, from])).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('finds a text across what is read at once, in one line that has no end, and shows 400 characters', async () => {
    for (const before of [256 * 1024 - 900, 256 * 1024 - 803, 256 * 1024 - 3, 256 * 1024, 600_000]) {
      const { find } = await written([`${'x'.repeat(before)}needle${'y'.repeat(300_000)}`]);
      const { items } = await find({ text: 'needle' });
      expect(items).toHaveLength(1);
      expect(items[0].line).toBe(`${'x'.repeat(200)}needle${'y'.repeat(194)}`);
    }
  });

  it('gives 200 lines at a time, and goes on where it was', async () => {
    const log = (name: string) => Array.from({ length: 150 }, (_, n) => `${name} ${n}\n`).join('');
    const { find } = await written([log('hit a'), log('other'), log('hit b')]);

    const first = await find({ text: 'hit' });
    const second = await find({ text: 'hit', after: first.next });

    expect([first.items.length, first.is_complete]).toEqual([200, false]);
    expect([second.items.length, second.is_complete]).toEqual([100, true]);
    const lines = [...first.items, ...second.items].map(({ line }) => line);
    expect(lines).toEqual([...log('hit a').trim().split('\n'), ...log('hit b').trim().split('\n')]);
  });

  it('gives what it has found when its time is over, and always comes further', async () => {
    const { stepId } = await written(['hit 1', 'hit 2', 'hit 3']);
    const place = { projectId: 1, stepId };
    const found: string[] = [];
    let after: Parameters<typeof searchHostLogs>[2]['after'];
    let asked = 0;
    for (let isOver = false; !isOver; asked++) {
      let clock = 0;
      const late = () => (clock += 10_000);
      const { hits, next } = await searchHostLogs(gantry.db, place, { text: 'hit', ignoreCase: false, after }, late);
      found.push(...hits.map(({ line }) => line));
      after = next ?? undefined;
      isOver = next === null;
    }
    expect({ found, asked }).toEqual({ found: ['hit 1', 'hit 2', 'hit 3'], asked: 4 });
  });

  it('takes no text of several lines, none that is too long, and finds nothing of other projects', async () => {
    const { stepId, taskId, find } = await written(['secret']);
    for (const text of ['', 'a\nb', 'x'.repeat(201)]) {
      const query = new URLSearchParams({ text });
      expect(await v1.get(`/projects/1/host-steps/${stepId}/search?${query}`)).toMatchObject({ status: 400 });
    }
    expect(await v1.get(`/projects/1/host-steps/${stepId}/search?text=a&after=x`)).toMatchObject({ status: 400 });
    const other = await makeHostStep(gantry.db, 1);
    expect((await find({ text: 'secret' })).items).toHaveLength(1);
    expect(await v1.get(`/projects/1/host-steps/${other}/search?text=secret`)).toMatchObject({ status: 404 });
    expect(await v1.get(`/projects/999/tasks/${taskId}/host-steps/search?text=secret`)).not.toMatchObject({
      status: 200,
    });
  });
});
