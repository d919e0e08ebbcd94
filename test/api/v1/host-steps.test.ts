import fc from 'fast-check';
import { appendLogs } from '../../../db/host-logs';
import { claimRuns, findRunAt, type HostRunRecord } from '../../../db/host-runs';
import type { HostRunStatus } from '../../../db/schema';
import { addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { endRun, makeHostStep } from '../../support/host-steps';
import { dataOf, V1Client } from '../../support/v1';

describe('steps over hosts at /api/v1', () => {
  let gantry: Gantry;
  let v1: V1Client;

  beforeAll(async () => {
    gantry = await Gantry.create();
    await addPlainApp(gantry);
    v1 = new V1Client(gantry);
  });

  afterAll(() => gantry.stop());

  const stepOf = (id: number) =>
    gantry.db.selectFrom('host_steps').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  const addRun = (step_id: number, run: { place: number; status: HostRunStatus; from_run?: string }) =>
    gantry.db
      .insertInto('host_runs')
      .values({ step_id, address: '10.9.9.9', name: '', ...run })
      .execute();

  /** A step whose first host has written something, and has ended if said so; with its project. */
  async function written(bytes: Buffer, hasEnded = true) {
    const stepId = await makeHostStep(gantry.db, 3, { maxFailed: 1 });
    const [run] = (await claimRuns(gantry.db, { stepId, part: 0, limit: 1 })) as [HostRunRecord];
    const at = { runId: run.id, hostTry: 1, readFrom: 0, readTo: bytes.length, hasValues: false };
    if (bytes.length > 0) await appendLogs(gantry.db, [{ ...at, bytes }]);
    if (hasEnded) await endRun(gantry.db, run, { status: 'failed', exitCode: 3, reason: 'it ended with exit code 3' });
    const { project_id, task_id } = await stepOf(stepId);
    return { stepId, taskId: task_id, at: `/projects/${project_id}` };
  }

  it('say how many of their hosts stand how', async () => {
    const { at, taskId, stepId } = await written(Buffer.from('x'));

    const { items } = dataOf(await v1.get(`${at}/tasks/${taskId}/host-steps`));

    expect(items).toEqual([
      {
        id: stepId,
        node_id: 'n1',
        loop: 1,
        attempt: 1,
        ordinal: 1,
        account: null,
        timeout: 60,
        concurrency: 10,
        max_failed: 1,
        total: 3,
        failed: 1,
        counts: { failed: 1, waiting: 2 },
        created_at: expect.any(String),
      },
    ]);
  });

  it('are listed page by page, each with the hosts of its own', async () => {
    const { at, taskId, stepId } = await written(Buffer.from('x'));
    const first = await stepOf(stepId);
    const later = [];
    for (const ordinal of [2, 3]) {
      const { id: _, ...copy } = { ...first, ordinal, failed: 0 };
      const made = await gantry.db.insertInto('host_steps').values(copy).returning('id').executeTakeFirstOrThrow();
      later.push(made.id);
    }
    await addRun(later[1]!, { place: 1, status: 'ok' });

    const page = dataOf(await v1.get(`${at}/tasks/${taskId}/host-steps?limit=2`));
    const rest = dataOf(await v1.get(`${at}/tasks/${taskId}/host-steps?limit=2&after=${page.next}`));

    const shown = [...page.items, ...rest.items].map(({ id, ordinal, total, failed, counts }) => {
      return { id, ordinal, total, failed, counts };
    });
    expect(page.items).toHaveLength(2);
    expect(shown).toEqual([
      { id: stepId, ordinal: 1, total: 3, failed: 1, counts: { failed: 1, waiting: 2 } },
      { id: later[0], ordinal: 2, total: 0, failed: 0, counts: {} },
      { id: later[1], ordinal: 3, total: 1, failed: 0, counts: { ok: 1 } },
    ]);
    expect(rest.next).toBeNull();
  });

  it('say of a host that was done before where its log is', async () => {
    const { at, stepId } = await written(Buffer.from('what it wrote'));
    const done = (await findRunAt(gantry.db, { stepId, place: 1 }))!;
    const { id: _, ...copy } = { ...(await stepOf(stepId)), retry: 1 };
    const second = await gantry.db.insertInto('host_steps').values(copy).returning('id').executeTakeFirstOrThrow();
    await addRun(second.id, { place: 5, status: 'skipped', from_run: done.id });

    const skipped = dataOf(await v1.get(`${at}/host-steps/${second.id}/runs/5`));

    expect(skipped).toMatchObject({ place: 5, status: 'skipped', from_run: { step_id: stepId, place: 1 } });
    expect(dataOf(await v1.get(`${at}/host-steps/${second.id}/runs`)).items).toEqual([skipped]);
    const { step_id, place } = skipped.from_run;
    expect(dataOf(await v1.get(`${at}/host-steps/${step_id}/runs/${place}/log`)).text).toBe('what it wrote');
    expect(dataOf(await v1.get(`${at}/host-steps/${stepId}/runs/1`)).from_run).toBeNull();
  });

  it('list their hosts in their order, page by page, and by status', async () => {
    const { at, stepId } = await written(Buffer.from('some output'));
    const runs = `${at}/host-steps/${stepId}/runs`;

    const first = dataOf(await v1.get(`${runs}?limit=2`));
    const second = dataOf(await v1.get(`${runs}?limit=2&after=${first.next}`));

    expect([...first.items, ...second.items].map(({ place, status }) => [place, status])).toEqual([
      [1, 'failed'],
      [2, 'waiting'],
      [3, 'waiting'],
    ]);
    expect(second.next).toBeNull();
    expect(first.items[0]).toMatchObject({ exit_code: 3, reason: 'it ended with exit code 3', log_bytes: 11 });
    expect(dataOf(await v1.get(`${runs}?status=waiting`)).items).toHaveLength(2);
    expect(await v1.get(`${runs}?status=odd`)).toMatchObject({ status: 400 });
  });

  it('give logs in pieces that cut no character, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'ü', '€', '🚀', '\n'), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 4, max: 40 }),
        async (characters, max) => {
          const { at, stepId } = await written(Buffer.from(characters.join('')));
          let text = '';
          for (let from = 0, isComplete = false; !isComplete; ) {
            const piece = dataOf(await v1.get(`${at}/host-steps/${stepId}/runs/1/log?from=${from}&max=${max}`));
            expect(piece.from).toBe(from);
            text += piece.text;
            from = piece.to;
            isComplete = piece.is_complete;
          }
          expect(text).toBe(characters.join(''));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('come to the end of logs that are no text, and of ones that go on', async () => {
    const odd = await written(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0xff, 0xe2, 0x82]));
    let from = 0;
    for (let n = 0; n < 8 && from < 8; n++) {
      from = dataOf(await v1.get(`${odd.at}/host-steps/${odd.stepId}/runs/1/log?from=${from}&max=4`)).to;
    }
    expect(from).toBe(8);
    const open = await written(Buffer.from('abc€').subarray(0, 5), false);
    const piece = dataOf(await v1.get(`${open.at}/host-steps/${open.stepId}/runs/1/log`));
    expect(piece).toEqual({ from: 0, to: 3, size: 5, is_complete: false, dropped: false, text: 'abc' });
  });

  it('lose no character to a client that asks again where it stands in the middle of one', async () => {
    const bytes = Buffer.from('a€🚀ü');
    const { at, stepId } = await written(Buffer.alloc(0), false);
    const run = (await findRunAt(gantry.db, { stepId, place: 1 }))!;
    let [from, text] = [0, ''];
    for (const [index, byte] of bytes.entries()) {
      const byteAt = { readFrom: index, readTo: index + 1 };
      const piece = { runId: run.id, hostTry: 1, ...byteAt, hasValues: false, bytes: Buffer.of(byte) };
      await appendLogs(gantry.db, [piece]);
      for (let times = 0; times < 2; times++) {
        const read = dataOf(await v1.get(`${at}/host-steps/${stepId}/runs/1/log?from=${from}`));
        text += read.text;
        from = read.to;
      }
    }

    expect({ from, text }).toEqual({ from: bytes.length, text: bytes.toString() });
  });

  it('give the end of a log', async () => {
    const { at, stepId } = await written(Buffer.from('first line\nlast €line'));
    const path = `${at}/host-steps/${stepId}/runs/1/log`;

    expect(dataOf(await v1.get(`${path}?from=-4`)).text).toBe('line');
    // Half a character before it is left out.
    expect(dataOf(await v1.get(`${path}?from=-5`)).text).toBe('line');
    expect(dataOf(await v1.get(`${path}?from=-4000`)).text).toBe('first line\nlast €line');
    expect(dataOf(await v1.get(`${path}?from=4000`))).toMatchObject({ text: '', is_complete: true });
  });

  it('are not there for another project, nor are hosts that a step has not', async () => {
    const { stepId, taskId, at } = await written(Buffer.from('secret of ours'));

    expect(await v1.get(`/projects/1/tasks/${taskId}/host-steps`)).toMatchObject({ status: 404 });
    for (const path of ['runs', 'runs/1', 'runs/1/log']) {
      expect(await v1.get(`/projects/1/host-steps/${stepId}/${path}`)).toMatchObject({ status: 404 });
    }
    for (const path of ['runs/4', 'runs/4/log'])
      expect(await v1.get(`${at}/host-steps/${stepId}/${path}`)).toMatchObject({ status: 404 });
  });
});
