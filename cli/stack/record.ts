import { readJsonIfThere, writeFileAtomic } from './files';
import { bootId, type ProcessIdentity } from './identity';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);
const WRITE_AGAIN_MS = 1_000;

export type StackState = 'booting' | 'ready' | 'stopping' | 'stopped';

/** The content of stack.json: what runs, where, and as which processes. */
export interface StackRecord {
  state: StackState;
  /** Where to reach what; an embedded database's URL carries its password, hence the file's mode 0600. */
  addresses: { api?: string; temporal?: string; temporalUi?: string; database?: string };
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

  /** @throws Error when the file cannot be written; later it is written as soon as there is room */
  constructor(file: string, record: StackRecord) {
    this.#file = file;
    this.#record = record;
    this.#replace();
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
    clearTimeout(this.#again);
    try {
      this.#replace();
    } catch (error) {
      if (!NO_ROOM.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      // A full disk is no reason to end what runs. Until there is room, the file says less than it should.
      this.#again = setTimeout(() => this.#write(), WRITE_AGAIN_MS).unref();
    }
  }

  #replace(): void {
    writeFileAtomic(this.#file, `${JSON.stringify(this.#record, null, 2)}\n`);
  }
}

/** A record of nothing. */
export function emptyRecord(): StackRecord {
  return { state: 'booting', addresses: {}, ports: {}, processes: {}, bootId: bootId() };
}

/** What an earlier start wrote; an unreadable file counts as none. Processes of before the last reboot are left out. */
export function readRecord(file: string): StackRecord {
  const value = readJsonIfThere(file);
  const record = emptyRecord();
  if (typeof value !== 'object' || value === null) return record;
  const found = value as Partial<StackRecord>;
  if (found.state === 'ready' || found.state === 'stopping' || found.state === 'stopped') record.state = found.state;
  for (const [name, address] of Object.entries(found.addresses ?? {})) {
    if (typeof address === 'string') record.addresses[name as keyof StackRecord['addresses']] = address;
  }
  for (const [name, port] of Object.entries(found.ports ?? {})) {
    if (Number.isInteger(port)) record.ports[name] = port;
  }
  if (found.bootId !== record.bootId) return record;
  for (const [name, identity] of Object.entries(found.processes ?? {})) {
    // Never a signal to pid 0, 1 or a negative number (a group), whatever somebody wrote into the file.
    if (Number.isInteger(identity?.pid) && identity.pid > 1 && typeof identity.startTime === 'string') {
      record.processes[name] = { pid: identity.pid, startTime: identity.startTime };
    }
  }
  return record;
}
