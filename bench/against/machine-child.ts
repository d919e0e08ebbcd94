import { join } from 'node:path';
import { honestShapes } from '../honest';
import { cpuPerNode, type MeasuredShape, type Pure } from '../machine-cpu';
import { parallel, serial } from '../shapes';

/** The compiler of the runtime has seen what it needs by then. */
const WARM = 3;

/** What is compared, in this order. */
export function comparedShapes(): MeasuredShape[] {
  return [serial(1_000), parallel(1_000), ...honestShapes()];
}

/**
 * A checkout in a process of its own: measures a shape when told its place, and answers with the CPU microseconds a node.
 * The modules of a build are measured by the scripts of this one, because the other may not have them.
 *
 * @param dist a build, this one's or another's
 */
function serve(dist: string): void {
  const pure = load(dist);
  const measures = comparedShapes().map((shape) => {
    let measure: (() => number) | undefined;
    return () => {
      if (!measure) {
        measure = cpuPerNode(pure, shape);
        for (let count = 0; count < WARM; count++) measure();
      }
      return measure();
    };
  });
  process.on('message', (place: number) => process.send!(measures[place]!()));
  process.on('disconnect', () => process.exit());
}

/** Their signatures are taken to be ours, but for arguments at the end that only one of them knows. */
function load(dist: string): Pure {
  const from = (name: string) => require(join(dist, 'pipeline', name)) as unknown;
  const { compile } = from('compile.js') as Pick<Pure, 'compile'>;
  const { createState, step } = from(join('machine', 'index.js')) as Pick<Pure, 'createState' | 'step'>;
  return { compile, createState, step };
}

if (require.main === module) serve(process.argv[2]!);
