import { compile } from '../../../pipeline/compile';
import { nodeIndex } from '../../../pipeline/program';
import { PreviewPool } from '../../../tasks/view/previews/pool';
import type { Preview } from '../../../tasks/view/previews/render';
import { testCatalog } from '../../support/catalog';
import { sketch } from '../../support/trees';

/** A preview of a node with one input. */
function previewOf(text: string): Preview {
  const tree = sketch({ chains: ['S a E'], activities: { a: { inputs: { bk_display_message: text } } } });
  const program = compile(tree, testCatalog);
  const context = { taskId: 1, system: {}, env: {}, zone: [] };
  return {
    known: { program, context, outputs: new Map(), at: Date.UTC(2026, 0, 1) },
    index: nodeIndex(program, 'a'),
  };
}

/** A preview that never ends, whatever the limits of the language are: its pipeline stands in itself. */
function endless(): Preview {
  const preview = previewOf('x');
  preview.known.program.pipelines[0]!.owner = preview.index;
  return preview;
}

/** One that no thread has room for. */
function huge(): Preview {
  const preview = previewOf('x');
  const rows = Array.from({ length: 700_000 }, (_, index) => ({ index }));
  return { ...preview, known: { ...preview.known, outputs: new Map([['a', { rows }]]) } };
}

describe('previews', () => {
  const pools: PreviewPool[] = [];
  const open = (deadlineMs: number, maxHeapMb = 128) => {
    const pool = new PreviewPool({ deadlineMs, maxHeapMb, waitMs: 120_000 });
    pools.push(pool);
    return pool;
  };

  afterAll(() => Promise.all(pools.map((pool) => pool.close())));

  it('are rendered', async () => {
    expect(await open(60_000).render(previewOf('${1 + 1} is ${"two"}'))).toEqual({ bk_display_message: '2 is two' });
  });

  it('are given up when they take too long, and the next one is rendered', async () => {
    const pool = open(3_000);

    expect(await pool.render(endless())).toBeUndefined();
    expect(await pool.render(previewOf('next'))).toEqual({ bk_display_message: 'next' });
  });

  it('are given up when they take too much memory, and the next one is rendered', async () => {
    const pool = open(60_000, 24);

    expect(await pool.render(huge())).toBeUndefined();
    expect(await pool.render(previewOf('next'))).toEqual({ bk_display_message: 'next' });
  });

  it('are refused when too many wait', async () => {
    const pool = open(500);
    await pool.render(previewOf('x'));

    const outcomes = await Promise.all(
      Array.from({ length: 30 }, () => pool.render(endless()).catch((error: { kind: string }) => error.kind)),
    );

    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(16);
    expect(outcomes.filter((outcome) => outcome === 'unavailable')).toHaveLength(14);
  });
});
