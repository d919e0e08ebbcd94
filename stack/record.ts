import { stringifyJson } from '../base/json';
import { readJsonIfThere, writeFileAtomic } from './files';
import { bootId, type ProcessIdentity, readIdentity } from './identity';
import { messageOf, say } from './output';

const WRITE_AGAIN_MS = 1_000;
const MAX_PORT = 65_535;
const STATES = ['booting', 'ready', 'stopping', 'stopped'] as const;
const ADDRESSES = ['api', 'temporal', 'temporalUi', 'database'] as const;

export type StackState = (typeof STATES)[number];

/** The content of stack.json: what runs, where, and as which processes. */
export interface StackRecord {
  state: StackState;
  /** Where to reach what; an embedded database's URL carries its password, hence the file's mode 0600. */
  addresses: { [name in (typeof ADDRESSES)[number]]?: string };
  /** Ports given out, used again at the next start while they are free, so that addresses are stable. */
  ports: Record<string, number>;
  /** Every process that this stack started and has not seen end, and the supervisor itself. */
  processes: Record<string, ProcessIdentity>;
  bootId: string;
}

/**
 * stack.json, written anew at every change, synchronously: a process is in the file before anything else can happen to
 * us, so that the next start knows everything that a killed supervisor left behind.
 */
export class StackFile {
  readonly #file: string;
  readonly #record: StackRecord;
  #again: NodeJS.Timeout | undefined;

  /** @throws Error when the file cannot be written; later it is written as soon as it can be */
  constructor(file: string, record: StackRecord) {
    this.#file = file;
    this.#record = record;
    try {
      this.#replace();
    } catch (error) {
      throw new Error(`${file} cannot be written: ${messageOf(error)}. Make room for it, or remove what is there.`, {
        cause: error,
      });
    }
  }

  get ports(): Readonly<Record<string, number>> {
    return this.#record.ports;
  }

  get processes(): Readonly<Record<string, ProcessIdentity>> {
    return this.#record.processes;
  }

  setState(state: StackState): void {
    this.#record.state = state;
    this.#write();
  }

  setAddress(name: keyof StackRecord['addresses'], address: string): void {
    this.#record.addresses[name] = address;
    this.#write();
  }

  setPort(name: string, port: number): void {
    this.#record.ports[name] = port;
    this.#write();
  }

  setProcess(name: string, identity: ProcessIdentity): void {
    this.#record.processes[name] = identity;
    this.#write();
  }

  clearProcess(name: string): void {
    delete this.#record.processes[name];
    this.#write();
  }

  #write(): void {
    const isLate = this.#again !== undefined;
    clearTimeout(this.#again);
    this.#again = undefined;
    try {
      this.#replace();
    } catch (error) {
      if (!isLate) say(`${this.#file} cannot be written, which is tried again: ${messageOf(error)}`);
      // No reason to end what runs: until it can be written the file says less than it should, and pid files say it.
      this.#again = setTimeout(() => this.#write(), WRITE_AGAIN_MS).unref();
    }
  }

  #replace(): void {
    writeFileAtomic(this.#file, `${stringifyJson(this.#record, 2)}\n`);
  }
}

/** A record of nothing. */
export function emptyRecord(): StackRecord {
  return { state: 'booting', addresses: {}, ports: {}, processes: {}, bootId: bootId() };
}

/** What an earlier start wrote, as far as it can be used. Processes of before the last reboot are left out. */
export function readRecord(file: string): StackRecord {
  const found = fieldsOf(readJsonIfThere(file));
  const record = emptyRecord();
  record.state = STATES.find((state) => state === found.state) ?? record.state;
  const addresses = fieldsOf(found.addresses);
  for (const name of ADDRESSES) {
    const address = addresses[name];
    if (typeof address === 'string') record.addresses[name] = address;
  }
  const ports = Object.entries(fieldsOf(found.ports)).filter(isPort);
  // Two that want the same one would not both start.
  record.ports = Object.fromEntries(ports.filter(([, port], at) => ports.findIndex(([, one]) => one === port) === at));
  if (found.bootId !== record.bootId) return record;
  const processes = Object.entries(fieldsOf(found.processes)).flatMap(([name, value]) => {
    const identity = readIdentity(value);
    return identity ? [[name, identity] as const] : [];
  });
  record.processes = Object.fromEntries(processes);
  return record;
}

/** Of anything that is no object: none. */
function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function isPort(entry: [name: string, port: unknown]): entry is [string, number] {
  const [, port] = entry;
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port <= MAX_PORT;
}
