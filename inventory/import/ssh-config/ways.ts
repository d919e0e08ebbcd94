import { short } from '../../host-problems';
import type { Notes } from '../notes';
import type { Jump } from './jumps';
import type { Node, Nodes } from './nodes';
import { jumpsOf, type Said } from './settings';

/**
 * Says of each host who logs in, where, and over which other host. A host has one way to it: of `ProxyJump a,b` the host itself
 * is reached over b, and b over a, where b is not reached otherwise by what is said of it. What does not go together is dropped:
 * what is said of a host by its name goes before what is said of it as a jump host, that before what is said by patterns alone,
 * and what comes first before what comes later.
 *
 * @param nodes those that have names in the text; others are added
 */
export function findWays(nodes: Nodes, notes: Notes): void {
  const ways = new Ways(nodes, notes);
  const named = [...nodes.all];
  for (const node of named) ways.addLogin(node);
  for (const node of named) ways.addOwn(node);
  for (const node of named) ways.addJumpHosts(node);
  // Jump hosts that have no names are added while this goes on.
  for (let index = named.length; index < nodes.all.length; index += 1) ways.addByPatterns(nodes.all[index]!);
  for (const node of nodes.all) ways.addLogin(node);
  ways.openCircles();
}

class Ways {
  constructor(
    private readonly nodes: Nodes,
    private readonly notes: Notes,
  ) {}

  addLogin(node: Node): void {
    const { port, user } = node.settings;
    if (port) node.port ??= port;
    if (user) node.user ??= user;
  }

  addOwn(node: Node): void {
    const jumps = jumpsOf(node.settings);
    if (!jumps) return;
    const { at } = jumps;
    const named = jumps.value.map(({ name }) => this.nodes.named(name, at));
    const last = named.at(-1);
    if (jumps.value.length === 0) node.over = { value: null, at };
    else if (last === node) this.notes.drop(at, `ProxyJump of ${node.name}`, 'it leads to itself');
    else if (last) node.over = { value: last, at };
  }

  /** What patterns say of a host, where nothing else does. */
  addByPatterns(node: Node): void {
    if (node.over) return;
    this.addOwn(node);
    this.addJumpHosts(node);
  }

  addJumpHosts({ settings }: Node): void {
    const jumps = jumpsOf(settings);
    if (!jumps) return;
    const { at } = jumps;
    let before: Node | undefined;
    for (const jump of jumps.value) {
      const host = this.nodes.named(jump.name, at);
      if (!host) return;
      this.#addLoginOfJump(host, jump, at);
      if (before && before !== host) this.#addOver(host, before, at);
      before = host;
    }
  }

  #addLoginOfJump(host: Node, { port, user }: Jump, at: string): void {
    if (port !== undefined) host.port = this.#first(`port ${port} of ${host.name}`, host.port, { value: port, at });
    if (user !== undefined) host.user = this.#first(`user ${user} of ${host.name}`, host.user, { value: user, at });
  }

  #first<T>(what: string, first: Said<T> | undefined, more: Said<T>): Said<T> {
    if (first && first.value !== more.value)
      this.notes.drop(more.at, what, `it has ${short(String(first.value))} by ${first.at}`);
    return first ?? more;
  }

  #addOver(host: Node, before: Node, at: string): void {
    host.over ??= { value: before, at };
    const { value, at: where } = host.over;
    if (value === before) return;
    const other = value ? `over ${value.name}` : 'directly';
    this.notes.drop(at, `the way to ${host.name} over ${before.name}`, `it is reached ${other} by ${where}`);
  }

  /** Takes the last of a circle off it. */
  openCircles(): void {
    const order = new Map(this.nodes.all.map((node, index) => [node, index]));
    const clear = new Set<Node>();
    for (const node of this.nodes.all) {
      const passed: Node[] = [];
      const seen = new Set<Node>();
      for (let one: Node | null | undefined = node; one && !clear.has(one); one = one.over?.value) {
        if (seen.has(one)) {
          this.#open(passed.slice(passed.indexOf(one)), order);
          break;
        }
        seen.add(one);
        passed.push(one);
      }
      for (const one of passed) clear.add(one);
    }
  }

  #open(circle: readonly Node[], order: ReadonlyMap<Node, number>): void {
    const last = circle.reduce((one, other) => (order.get(other)! > order.get(one)! ? other : one));
    const { value, at } = last.over!;
    delete last.over;
    const names = short(circle.map(({ name }) => name).join(', '));
    this.notes.drop(at, `the way to ${last.name} over ${value!.name}`, `it would go round in a circle: ${names}`);
  }
}
