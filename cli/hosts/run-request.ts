import fs from 'node:fs';
import { Misuse } from '../misuse';
import { idOf, PROJECT_OPTIONS } from '../v1/project';

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

/** The arguments of `gantry hosts run`. */
export const RUN_OPTIONS = {
  ...PROJECT_OPTIONS,
  ...{ tag: texts, set: text, module: text, group: text, pool: text },
  ...{ account: text, timeout: text, concurrency: text, 'max-failed': text, name: text },
  ...{ script: text, interpreter: text, param: texts },
  ...{ detach: flag, 'stop-on-interrupt': flag },
} as const;

type Given = {
  [K in keyof typeof RUN_OPTIONS]?:
    | ((typeof RUN_OPTIONS)[K] extends { multiple: true }
        ? string[]
        : (typeof RUN_OPTIONS)[K] extends { type: 'boolean' }
          ? boolean
          : string)
    | undefined;
};

/**
 * What is asked of the API. With a script, the words after `--` are its arguments; without, they are the command, joined by
 * blanks as ssh does.
 *
 * @throws Misuse for what makes no sense, before anything is asked
 */
export function requestOf(given: Given, selector: readonly string[], command: readonly string[]): object {
  const { tag, set, module, group, pool, account, interpreter, name, timeout, concurrency } = given;
  const isSelected = [selector.length > 0 ? selector[0] : undefined, tag, set, module, group, pool].some(Boolean);
  if (!isSelected) throw new Misuse('gantry hosts run needs a SELECTOR, --tag, --set, --module, --group or --pool');
  const work = workOf(given.script, command);
  const limits = {
    timeout: timeout === undefined ? undefined : idOf('--timeout', timeout),
    concurrency: concurrency === undefined ? undefined : idOf('--concurrency', concurrency),
    max_failed: maxFailedOf(given['max-failed']),
  };
  const parameters = parametersOf(given.param ?? []);
  return {
    hosts: selector.join(' '),
    ...{ tags: tag, set, module, host_group: group, pool, account, interpreter, name, parameters },
    ...limits,
    ...work,
  };
}

function workOf(script: string | undefined, command: readonly string[]): object {
  if (script !== undefined) return { script: textOf(script), arguments: command };
  if (command.length > 0) return { command: command.join(' ') };
  throw new Misuse('gantry hosts run needs a command: gantry hosts run SELECTOR -- COMMAND..., or --script FILE');
}

function textOf(path: string): string {
  try {
    return fs.readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    throw new Misuse(`--script ${path} cannot be read: ${(cause as Error).message}`);
  }
}

function maxFailedOf(given: string | undefined): string | number | undefined {
  return given === undefined || given.endsWith('%') ? given : idOf('--max-failed', given);
}

function parametersOf(given: readonly string[]): Record<string, string> | undefined {
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf('=');
      if (at < 1) throw new Misuse(`--param is NAME=VALUE, not ${one}`);
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}
