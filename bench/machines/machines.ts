import { layGround } from './ground';
import { machinesHere } from './here';
import { makeUserKey } from './keys';
import { LoopbackMachine } from './loopback-machine';
import type { Machine, SshdOptions, Tools } from './machine';
import { NamespaceMachine } from './namespace-machine';
import { claimSet } from './sets';

/** A set of machines, for as long as it is open. */
export interface Machines {
  kind: 'namespaces' | 'loopback';
  /** Why they are not machines of their own; empty when they are. */
  why: string;
  hosts: readonly Machine[];
  /** Where its owner may keep what is to be gone with it. */
  folder: string;
  /** An address that belongs to none of them and that nobody answers at. */
  emptyAddress: string;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}

export interface MachinesOptions {
  /** Servers on loopback addresses although there could be machines of their own. */
  kind?: 'loopback';
  /** How many; at most 200. */
  count: number;
  /** What their shells and tools are, in turn. */
  tools?: readonly Tools[];
  sshd?: SshdOptions;
}

const MAX_COUNT = 200;

/**
 * Makes machines with ssh servers: of their own, by namespaces, where that can be; else servers on loopback addresses.
 * Several sets can be open at a time, in this process and in others. They end with the process that has made them.
 *
 * @throws Error where there is no ssh server (`machinesHere`)
 */
export async function openMachines({ kind, count, tools = ['sh'], sshd = {} }: MachinesOptions): Promise<Machines> {
  if (count < 1 || count > MAX_COUNT) throw new Error(`a set has 1 to ${MAX_COUNT} machines`);
  const here = kind ? ({ kind, why: 'that is what is wanted' } as const) : machinesHere();
  if (here.kind === 'none') throw new Error(`no machines can be had: ${here.why}`);
  const userKey = makeUserKey();
  const optionsOf = (index: number) => ({ number: index + 1, tools: tools[index % tools.length]!, userKey, sshd });
  const { hosts, folder, emptyAddress, remove } =
    here.kind === 'namespaces' ? await makeOwn(count, optionsOf) : makeLoopback(count, optionsOf);
  const takeDown = async () => {
    await Promise.all(hosts.map((host) => host.stop()));
    await remove();
  };
  let down: Promise<void> | undefined;
  // Once: the number may be another set's after that.
  const close = () => (down ??= takeDown());
  try {
    for (const host of hosts) await host.start();
  } catch (error) {
    await close();
    throw error;
  }
  return { ...here, hosts, folder, emptyAddress, close };
}

type OptionsOf = (index: number) => ConstructorParameters<typeof NamespaceMachine>[1];

async function makeOwn(count: number, optionsOf: OptionsOf) {
  const ground = await layGround();
  const hosts = Array.from({ length: count }, (_, index) => new NamespaceMachine(ground, optionsOf(index)));
  return { hosts, folder: ground.claim.folder, emptyAddress: `${ground.net}.250`, remove: ground.remove };
}

function makeLoopback(count: number, optionsOf: OptionsOf) {
  const claim = claimSet();
  const hosts = Array.from({ length: count }, (_, index) => new LoopbackMachine(claim, optionsOf(index)));
  const emptyAddress = hosts[0]!.address.replace(/\d+$/, '250');
  return { hosts, folder: claim.folder, emptyAddress, remove: async () => claim.release() };
}
