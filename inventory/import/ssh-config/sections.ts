import { short } from '../../host-problems';
import type { Notes } from '../notes';
import { readJumps } from './jumps';
import { type ConfigLine, configLines } from './lines';
import { readPort } from './port';
import { fillIn, type Settings } from './settings';
import { argumentsIn } from './words';

/** A line `Host` with what stands below it. */
export interface Section {
  /** Names and patterns that it is for, each as it is written, without those that begin with `!`. */
  patterns: string[];
  /** Those that it is not for although it would be. */
  except: string[];
  settings: Settings;
  at: string;
}

/** Of a name, a pattern or a value. */
const MAX_LENGTH = 1_000;

const KEYS = 'keys do not come along: add the private key with gantry credentials add and name it in the ssh profile';
const TRUST = 'host keys are pinned here: look at them and trust them with gantry hosts trust';
const UNKNOWN = 'nothing of that name is kept of a host here';
const WHY_DROPPED = new Map([
  ['match', 'what stands below it, up to the next Host, is not read: what it would set for hosts is missing'],
  ['include', 'the file that it names is not read: what that says of hosts is missing, import it by itself'],
  ['proxycommand', 'hosts are reached over jump hosts, never by a command: write a ProxyJump'],
  ['proxyusefdpass', 'hosts are reached over jump hosts, never by a command: write a ProxyJump'],
  ...['identityfile', 'identityagent', 'certificatefile', 'pkcs11provider', 'addkeystoagent'].map(
    (keyword) => [keyword, KEYS] as const,
  ),
  ...['stricthostkeychecking', 'userknownhostsfile', 'globalknownhostsfile', 'hostkeyalias', 'verifyhostkeydns'].map(
    (keyword) => [keyword, TRUST] as const,
  ),
]);

/** Reads the sections of an ssh configuration in their order; what stands above the first is for all hosts. */
export function readSections(text: string, notes: Notes): Section[] {
  const sections: Section[] = [{ patterns: ['*'], except: [], settings: { ways: [] }, at: 'line 1' }];
  let isMatch = false;
  for (const line of configLines(text)) {
    if (line.keyword === 'host') {
      isMatch = false;
      const section = readHost(line, notes);
      // What stands below a line that is wrong is looked at all the same.
      sections.push(section ?? { patterns: [], except: [], settings: { ways: [] }, at: line.at });
    } else if (line.keyword === 'match') {
      isMatch = true;
      notes.drop(line.at, 'Match', WHY_DROPPED.get('match')!);
    } else if (!isMatch) fillIn(sections.at(-1)!.settings, readSetting(line, notes));
  }
  return sections;
}

function readHost(line: ConfigLine, notes: Notes): Section | undefined {
  const words = wordsOf(line, notes);
  if (!words) return undefined;
  const problem = words.includes('') || words.includes('!') ? 'one of its names is empty' : longIn(words);
  if (problem) {
    notes.wrong(line.at, problem);
    return undefined;
  }
  const patterns = words.filter((word) => !word.startsWith('!'));
  const except = words.filter((word) => word.startsWith('!')).map((word) => word.slice(1));
  return { patterns, except, settings: { ways: [] }, at: line.at };
}

function longIn(words: readonly string[]): string | undefined {
  const long = words.find((word) => word.length > MAX_LENGTH);
  return long === undefined ? undefined : `${short(long)} is longer than ${MAX_LENGTH} characters`;
}

function readSetting(line: ConfigLine, notes: Notes): Partial<Settings> {
  const { keyword, written, rest, at } = line;
  switch (keyword) {
    case 'hostname':
      return keep(onlyWord(line, notes), (value) => ({ hostName: { value, at } }));
    case 'user':
      return keep(onlyWord(line, notes), (value) => ({ user: { value, at } }));
    case 'port':
      return keep(onlyWord(line, notes), (word) => {
        const value = readPort(word);
        if (value !== undefined) return { port: { value, at } };
        notes.wrong(at, `Port is "${short(word)}": write a number from 1 to 65535`);
        return {};
      });
    case 'proxyjump': {
      const jumps = rest === '' ? 'nothing follows it' : readJumps(rest);
      if (jumps === 'none') return { ways: [{ kind: 'jumps', said: { value: [], at } }] };
      if (typeof jumps !== 'string') return { ways: [{ kind: 'jumps', said: { value: jumps, at } }] };
      notes.wrong(at, `ProxyJump is not understood: ${short(jumps)}`);
      return {};
    }
    case 'proxycommand':
      if (rest === '') notes.wrong(at, `nothing follows ${written}`);
      else if (rest.toLowerCase() !== 'none') notes.drop(at, written, WHY_DROPPED.get(keyword)!);
      return { ways: [{ kind: 'command', said: { value: rest, at } }] };
    default:
      if (written === '') notes.wrong(at, 'it does not begin with a keyword');
      else notes.drop(at, written, WHY_DROPPED.get(keyword) ?? UNKNOWN);
      return {};
  }
}

function keep(word: string | undefined, made: (word: string) => Partial<Settings>): Partial<Settings> {
  return word === undefined ? {} : made(word);
}

function onlyWord(line: ConfigLine, notes: Notes): string | undefined {
  const words = wordsOf(line, notes);
  if (!words) return undefined;
  const [word, ...more] = words;
  if (more.length > 0) notes.wrong(line.at, `more than one text follows ${line.written}: put quotes around blanks`);
  else if (!word) notes.wrong(line.at, `nothing follows ${line.written}`);
  else if (word.length > MAX_LENGTH) notes.wrong(line.at, longIn(words)!);
  else return word;
  return undefined;
}

/** @returns undefined when something is wrong with them, which is noted */
function wordsOf({ rest, written, at }: ConfigLine, notes: Notes): string[] | undefined {
  const words = argumentsIn(rest);
  if (words && words.length > 0) return words;
  notes.wrong(at, words ? `nothing follows ${written}` : 'a quote in it is not closed');
  return undefined;
}
