import { resolve } from 'node:path';
import { Misuse } from '../../cli/misuse';
import { FAULTS } from './inject';
import type { ProtocolOptions } from './protocol/protocol';

/** Those that need no stack, or more than a fault does. */
const OTHERS = ['hosts', 'protocol', 'soak'];

export interface Options {
  names: string[];
  rounds: number;
  tasks: number;
  minutes: number;
  seed: number;
  /** Where `protocol` runs; left out, on machines where there can be such. */
  on: ProtocolOptions['on'] | undefined;
  jsonFile: string | undefined;
}

export const USAGE = `npm run faults [-- NAME...] [OPTIONS]: breaks what runs on purpose, and judges what became of it

  ${Object.keys(FAULTS).join(', ')}: of a stack; without a name, all of these
  hosts      of a stack, its hosts and what it does on them (10 real hosts: as root, with sshd)
  protocol   of those who follow scripts on hosts, and of the hosts
  soak       workers, under half of the load that a stack can bear

  --rounds N         how often (20)
  --tasks N          tasks of a round of a fault of a stack (100)
  --minutes N        of soak (30)
  --seed N           of what is drawn (1)
  --on machines|local  where protocol runs: real hosts, or folders that do as if
  --json FILE        where the result is written
`;

/**
 * What was typed after `npm run faults --`.
 *
 * @returns undefined where help was asked for
 * @throws Misuse
 */
export function readOptions(given: readonly string[]): Options | undefined {
  const options: Options = {
    names: [],
    rounds: 20,
    tasks: 100,
    minutes: 30,
    seed: 1,
    on: undefined,
    jsonFile: undefined,
  };
  const known = [...Object.keys(FAULTS), ...OTHERS];
  const rest = [...given];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--help' || word === '-h' || word === 'help') return undefined;
    if (word === '--rounds') options.rounds = whole(word, rest.shift());
    else if (word === '--tasks') options.tasks = whole(word, rest.shift());
    else if (word === '--minutes') options.minutes = positive(word, rest.shift());
    else if (word === '--seed') options.seed = whole(word, rest.shift());
    else if (word === '--on') options.on = placeOf(rest.shift());
    else if (word === '--json') options.jsonFile = resolve(required(word, rest.shift()));
    else if (known.includes(word)) options.names.push(word);
    else throw new Misuse(`npm run faults does not know ${word}`);
  }
  if (options.names.length === 0) options.names = Object.keys(FAULTS);
  return options;
}

function placeOf(text: string | undefined): ProtocolOptions['on'] {
  if (text !== 'machines' && text !== 'local') throw new Misuse('--on needs machines or local');
  return text;
}

function whole(option: string, text: string | undefined): number {
  const value = positive(option, text);
  if (!Number.isSafeInteger(value)) throw new Misuse(`${option} needs a whole number`);
  return value;
}

function positive(option: string, text: string | undefined): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new Misuse(`${option} needs a number above 0`);
  return value;
}

function required(option: string, text: string | undefined): string {
  if (text === undefined) throw new Misuse(`${option} needs a value`);
  return text;
}
