import type { Jump } from './jumps';

/** A value, and where it stands. */
export interface Said<T> {
  value: T;
  at: string;
}

/** What is said of the hosts that a line `Host` names: of each thing the first. */
export interface Settings {
  hostName?: Said<string>;
  port?: Said<number>;
  user?: Said<string>;
  /** The first jump hosts and the first command by which it is reached, in their order. */
  ways: Way[];
}

export type Way =
  /** Over these hosts, the first of them first; none: directly. */
  | { kind: 'jumps'; said: Said<Jump[]> }
  /** By a command, or, where that is `none`, directly. */
  | { kind: 'command'; said: Said<string> };

/** Takes over what is not said so far. */
export function fillIn(settings: Settings, more: Partial<Settings>): void {
  settings.hostName ??= more.hostName;
  settings.port ??= more.port;
  settings.user ??= more.user;
  for (const way of more.ways ?? []) if (!settings.ways.some(({ kind }) => kind === way.kind)) settings.ways.push(way);
}

/** Over which hosts it is reached: those that are named before any command. Undefined where nothing is said of that. */
export function jumpsOf({ ways: [first] }: Settings): Said<Jump[]> | undefined {
  return first?.kind === 'jumps' ? first.said : undefined;
}
