import { stringifyJson } from '../../base/json';
import { type Declarations, NAME, variableOf } from './declaration';

/** What a script is given. */
export interface Given {
  /** Of parameters, by name: a list has items. */
  values: ReadonlyMap<string, string | readonly string[]>;
  /** Variables of the host, by name: a script sees them as `GANTRY_HOST_<name>`. */
  hostVariables?: ReadonlyMap<string, string>;
  /** Its positional arguments. */
  arguments?: readonly string[];
}

/** Linux takes no text above 128 KB into an environment or an argument. */
export const MAX_VALUE_BYTES = 100 * 1024;
/** All of them together: half of what Linux takes with its usual limits. */
export const MAX_ALL_BYTES = 1024 * 1024;

/** What an integer is: as many digits as every shell can reckon with. */
export const INTEGER = /^-?\d{1,18}$/;

/**
 * The values as text for a shell that is read before a script begins: exported variables and `set --`. Every value
 * stands in single quotes, in which nothing means anything (docs/hosts.md, "Parameters").
 *
 * @returns the text; or what is wrong with the values, one line each, without the values themselves
 */
export function parameterBlock(given: Given, declared: Declarations): { block: string } | { problems: string[] } {
  const problems: string[] = [];
  const lines: string[] = [];
  let bytes = 0;
  const quoted = (what: string, value: string) => {
    const length = Buffer.byteLength(value);
    bytes += length;
    const problem = problemOf(value, length);
    if (problem !== undefined) problems.push(`${what} ${problem}`);
    return quote(value);
  };

  for (const [name, value] of given.values) {
    const declaration = declared.get(name);
    const what = `the value of ${name}`;
    if (!declaration) {
      problems.push(`there is no parameter ${name}`);
    } else if (typeof value === 'string') {
      if (declaration.type === 'list') problems.push(`${what} has to be a list`);
      if (declaration.type === 'integer' && !INTEGER.test(value)) problems.push(`${what} is no integer`);
      lines.push(`export ${variableOf(name)}=${quoted(what, value)}`);
    } else {
      const count = declaration.type === 'list' ? declaration.count : undefined;
      if (count !== value.length)
        problems.push(`${what} has ${value.length} items, and ${count ?? 'none'} are declared`);
      value.forEach((item, index) => {
        lines.push(`export ${variableOf(name, index)}=${quoted(`item ${index + 1} of ${name}`, item)}`);
      });
    }
  }
  for (const name of declared.keys()) if (!given.values.has(name)) problems.push(`${name} has no value`);
  for (const [name, value] of given.hostVariables ?? []) {
    if (!NAME.test(name)) problems.push(`${stringifyJson(name)} cannot be the name of a variable`);
    else lines.push(`export GANTRY_HOST_${name}=${quoted(`the host's variable ${name}`, value)}`);
  }
  const words = (given.arguments ?? []).map((word, index) => quoted(`argument ${index + 1}`, word));
  lines.push(['set --', ...words].join(' '));
  if (bytes > MAX_ALL_BYTES) problems.push(`all values together are ${bytes} bytes, and ${MAX_ALL_BYTES} is the limit`);
  return problems.length > 0 ? { problems } : { block: `${lines.join('\n')}\n` };
}

function problemOf(value: string, bytes: number): string | undefined {
  if (value.includes('\0')) return 'has a NUL, which no program can be given';
  if (/\p{Surrogate}/u.test(value)) return 'has half a character';
  if (bytes > MAX_VALUE_BYTES) return `is ${bytes} bytes long, and ${MAX_VALUE_BYTES} is the limit`;
  return undefined;
}

/** A text as one word of a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
