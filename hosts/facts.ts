import { shortened } from '../base/text';
import { askProgram, type Place, readProgram } from './program';

/** What a host says of itself, by name; what it does not know is left out. */
export type HostFacts = Record<string, string | number | boolean>;

export interface FactsOptions {
  /** Where runs are to be kept; left out, it is as it would be for a run. */
  runFolder?: string | undefined;
  signal?: AbortSignal | undefined;
}

const PROGRAM = readProgram('facts.sh');

/** Without these a run cannot be started, or a file not be pushed. */
const TOOLS = 'cat chmod date dd id ln ls mkdir mv rm setsid sha256sum sleep'.split(' ');

type Kind = 'text' | 'number' | 'boolean';

const KINDS = new Map<string, Kind>([
  ['os_name', 'text'],
  ['os_id', 'text'],
  ['os_version', 'text'],
  ['kernel', 'text'],
  ['arch', 'text'],
  ['hostname', 'text'],
  ['cpus', 'number'],
  ['memory_kb', 'number'],
  ['boot_id', 'text'],
  ['uptime_s', 'number'],
  ['user', 'text'],
  ['uid', 'number'],
  ['home', 'text'],
  ['home_writable', 'boolean'],
  ['login_shell', 'text'],
  ['run_folder', 'text'],
  ['run_folder_writable', 'boolean'],
  ['run_folder_free_kb', 'number'],
  ['missing_tools', 'text'],
  ['linger', 'boolean'],
  ['kill_user_processes', 'boolean'],
]);

const MAX_CHARACTERS = 200;

/**
 * Asks a host what it is, by one command that changes nothing there.
 *
 * @throws NoAnswerError when it cannot say; TransportError when it cannot be asked
 */
export async function readFacts(place: Place, { runFolder, signal }: FactsOptions = {}): Promise<HostFacts> {
  return parseFacts(await askProgram(place, PROGRAM, [runFolder ?? '-', ...TOOLS], { signal }));
}

/** Facts of lines as `NAME VALUE`. Others than those that are known are left out, and so is what is not as it should be. */
export function parseFacts(lines: readonly string[]): HostFacts {
  const facts: HostFacts = {};
  for (const line of lines) {
    const at = line.indexOf(' ');
    const name = line.slice(0, Math.max(at, 0));
    const kind = KINDS.get(name);
    const fact = kind && factOf(kind, line.slice(at + 1));
    if (fact !== undefined && !(name in facts)) facts[name] = fact;
  }
  return facts;
}

function factOf(kind: Kind, value: string): string | number | boolean | undefined {
  switch (kind) {
    case 'text':
      return shortened(value.replace(/[\p{C}\u2028\u2029]+/gu, ' ').trim(), MAX_CHARACTERS);
    case 'number':
      return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
    case 'boolean':
      return value === 'true' || value === 'false' ? value === 'true' : undefined;
  }
}
