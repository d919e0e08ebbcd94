import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { runStack } from '../stack/lifecycle';
import { AGAINST, BENCHES, type Bench, type BenchName } from './bench';
import { bundleWorkflows } from './bundle';
import { Report } from './report';
import { bootStack, PLUGINS, removeTemporaryHome, type Stack, temporaryHome } from './stack';

/** Where ssh servers of this machine and machines of the bench are. */
const HOSTS_ALLOW = '127.1.0.0/16,198.18.0.0/15';
/** Those that run workflows of a worker that records nothing: in the others it would only take memory. */
const COMPARES_WITH_BARE: ReadonlySet<BenchName> = new Set(['engine']);
const OPTIONS = ['--json FILE', '--scale SHARE', '--against DIR'];

interface Options {
  names: BenchName[];
  jsonFile: string | undefined;
  scale: number;
  /** Folder of another checkout, to compare with. */
  against: string | undefined;
}

/**
 * `npm run bench [-- NAME...] [--json FILE] [--scale SHARE] [--against DIR]`: measures, and says which targets hold.
 *
 * @returns 0 also when a target falls short: a bench is a thermometer
 */
async function main(): Promise<number> {
  const { names, jsonFile, scale, against } = readArguments(process.argv.slice(2));
  const home = temporaryHome();
  const report = new Report();
  const machine = describeMachine();
  report.heading(Object.values(machine).join(', '));
  try {
    // Never "ready": a bench that is interrupted has no result, and says so by its exit code.
    return await runStack(home, async (boot) => {
      let booted: Promise<Stack> | undefined;
      const bench: Bench = {
        report,
        scale,
        signal: boot.signal,
        stack: () => {
          booted ??= bundleWorkflows(home.folder).then((bundle) =>
            bootStack(boot, {
              workerCommand: [join(__dirname, 'worker-main.js')],
              env: {
                BENCH_BUNDLE: bundle,
                BENCH_BARE: String(names.some((name) => COMPARES_WITH_BARE.has(name))),
                GANTRY_HOSTS_ALLOW: HOSTS_ALLOW,
              },
            }),
          );
          return booted;
        },
      };
      try {
        for (const name of names) await runBench(name, bench, against);
      } finally {
        await (await booted)?.stop();
      }
      report.conclude();
      const { samples, targets } = report;
      if (jsonFile) {
        writeFileSync(jsonFile, `${JSON.stringify({ machine, scale, benches: names, samples, targets }, null, 1)}\n`);
      }
      return 0;
    });
  } finally {
    removeTemporaryHome(home);
  }
}

async function runBench(name: BenchName, bench: Bench, against: string | undefined): Promise<void> {
  // Read when a bench first imports the catalog: benches are loaded here and not before.
  process.env.GANTRY_PLUGINS = PLUGINS;
  const file = against === undefined ? `./${name}.js` : `./against/${name}.js`;
  const { run } = (await import(file)) as { run(bench: Bench, against?: string): Promise<void> };
  try {
    await run(bench, against);
  } catch (error) {
    // What the others measure is worth having all the same.
    bench.report.line(`${name} ended early: ${(error as Error).message}`);
    bench.report.target(`${name}: measured to its end`, 0, { atLeast: 1 });
  }
}

function readArguments(given: string[]): Options {
  const options: Options = { names: [], jsonFile: undefined, scale: 1, against: undefined };
  const rest = [...given];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--json') options.jsonFile = resolve(required(word, rest.shift()));
    else if (word === '--against') options.against = resolve(required(word, rest.shift()));
    else if (word === '--scale') options.scale = Number(required(word, rest.shift()));
    else if (isBench(word)) options.names.push(word);
    else throw new Error(`npm run bench does not know ${word}; it has: ${[...BENCHES, ...OPTIONS].join(', ')}`);
  }
  if (!(options.scale > 0)) throw new Error('--scale needs a number above 0');
  const known: readonly BenchName[] = options.against === undefined ? BENCHES : AGAINST;
  if (options.names.length === 0) options.names = [...known];
  const unknown = options.names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`--against compares ${AGAINST.join(' and ')}, not ${unknown.join(', ')}`);
  return options;
}

function required(option: string, value: string | undefined): string {
  if (value === undefined) throw new Error(`${option} needs a value`);
  return value;
}

function isBench(word: string): word is BenchName {
  return (BENCHES as readonly string[]).includes(word);
}

/** Without these a figure means nothing. */
function describeMachine(): Record<string, string> {
  const cpus = os.cpus();
  return {
    commit: `commit ${commit()}`,
    cpu: `${cpus.length} x ${cpus[0]?.model ?? 'unknown CPU'}`,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GB`,
    node: `Node ${process.version}`,
    load: `load ${os.loadavg()[0]!.toFixed(1)} at the start`,
  };
}

function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: __dirname, encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  },
);
