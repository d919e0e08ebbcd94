import type { ServerResponse } from 'node:http';
import { openReceiver, type Received, type Receiver } from './receiver';

/** A machine of the server's. */
export interface FakeMachine {
  id: string;
  /** As the protocol numbers it: 1 success, 5 deleted, 6 deleting, 7 error. */
  status: number;
  ip: string;
  keys: string[];
}

/** How a request is answered: as the protocol has it, after it was done with no answer at all, at once or ever, with another text, or not done. */
export type Mood = 'answers' | 'hangs up' | 'is silent' | 'refuses' | { text: string; status: number };

/** A manager of machines and a service discovery that speak the HTTP protocols (orion §4), as the original's do. */
export interface ProviderServer extends Receiver {
  machines: Map<string, FakeMachine>;
  /** What is registered, by type. */
  registered: Map<number, Set<string>>;
  /** Registrations that are under way, by correlation id. */
  alterations: Map<string, { state: number }>;
  /** Of the next requests that change something. */
  mood: Mood;
  /** What is said when it is asked after machines of which one is not there. */
  ofUnknown: 'is left out' | 'is refused';
  /** How many machines fewer, or more, than asked for are made. */
  surplus: number;
  /** Machines are made in this state, with these addresses in their order. */
  made: { status: number; addresses: string[]; keys: string[] };
  /** Registrations end at once, or when `settle` says so; those that do not begin with this state. */
  isAsync: boolean;
  begun: number;
  /** The status of machines that were asked back: 6 deleting, until `settle`, or 5 deleted. */
  leaving: number;
  /** Requests that begin so, of what came. */
  asked(method: string, path: string): Received[];
  /** Ends what is under way: registrations with this state, deletions by deleting. */
  settle(state?: number): void;
}

export async function openProviderServer(): Promise<ProviderServer> {
  const receiver = await openReceiver((request, response) => answer(server, request, response));
  const server: ProviderServer = Object.assign(receiver, {
    machines: new Map<string, FakeMachine>(),
    registered: new Map<number, Set<string>>(),
    alterations: new Map<string, { state: number }>(),
    mood: 'answers' as Mood,
    ofUnknown: 'is left out' as const,
    surplus: 0,
    made: { status: 1, addresses: [] as string[], keys: [] as string[] },
    isAsync: false,
    begun: 1,
    leaving: 6,
    asked: (method: string, path: string) =>
      receiver.received.filter((request) => request.method === method && request.path.startsWith(path)),
    settle(state = 2) {
      for (const one of server.alterations.values()) one.state = state;
      for (const machine of server.machines.values()) if (machine.status === 6) machine.status = 5;
    },
  });
  return server;
}

function answer(server: ProviderServer, request: Received, response: ServerResponse): void {
  const { method, path, headers } = request;
  const say = (body: object, status = 200) => response.writeHead(status).end(JSON.stringify(body));
  if (!headers['x-correlation-id']) return void say({ code: 400, msg: 'X-CORRELATION-ID is missing' }, 400);
  if (method === 'GET') return void say(...look(server, path, String(headers['x-correlation-id'])));
  if (server.mood === 'refuses') return void say({ code: 500, msg: 'there is no room', content: null }, 500);
  const done = change(server, request);
  if (server.mood === 'hangs up') return void response.destroy();
  if (server.mood === 'is silent') return;
  if (typeof server.mood === 'object') return void response.writeHead(server.mood.status).end(server.mood.text);
  say(...done);
}

function look(server: ProviderServer, path: string, correlation: string): [object, number?] {
  const [, ids] = /^\/v1\/instance\/status\/(.+)$/.exec(path) ?? [];
  if (ids !== undefined) {
    const isKnown = ids.split(',').every((id) => server.machines.has(id));
    if (!isKnown && server.ofUnknown === 'is refused') return [{ code: 404, msg: 'no such instance' }, 404];
    const content = ids.split(',').flatMap((id) => {
      const { status, ip, keys } = server.machines.get(id) ?? {};
      if (status === undefined) return [];
      return [{ instance_id: id, status, ip_address: ip, ...(keys?.length ? { host_keys: keys } : {}) }];
    });
    return [{ code: 0, msg: '', content }];
  }
  if (path === '/v1/adaptor/auto_alteration/check_state/') {
    const found = server.alterations.get(correlation);
    return found
      ? [{ code: 0, msg: '', data: { state: found.state, detail: [] } }]
      : [{ code: 1, msg: 'unknown' }, 400];
  }
  return [{ code: 404, msg: 'not found' }, 404];
}

function change(server: ProviderServer, { method, path, headers, body }: Received): [object, number?] {
  const [, count] = /^\/v1\/cluster\/\d+\/expand\/(\d+)$/.exec(path) ?? [];
  if (method === 'POST' && count !== undefined) {
    const first = server.machines.size + 1;
    const ids = Array.from({ length: Number(count) + server.surplus }, (_, at) => `i-${first + at}`);
    for (const id of ids) {
      const ip = server.made.addresses.shift() ?? '';
      server.machines.set(id, { id, status: server.made.status, ip, keys: server.made.keys });
    }
    return [{ code: 0, msg: '', content: ids }];
  }
  const [, gone] = /^\/v1\/instance\/(.+)$/.exec(path) ?? [];
  if (method === 'DELETE' && gone !== undefined) {
    for (const id of gone.split(',')) server.machines.get(id)!.status = server.leaving;
    return [{ code: 0, msg: '', content: null }];
  }
  const [, operation] = /^\/v1\/adaptor\/auto_alteration\/(add|remove)\/$/.exec(path) ?? [];
  if (method === 'POST' && operation !== undefined) {
    const { type_id, ips } = JSON.parse(body) as { type_id: number; ips: string };
    const servers = server.registered.get(type_id) ?? new Set();
    server.registered.set(type_id, servers);
    for (const ip of ips.split(',')) operation === 'add' ? servers.add(ip) : servers.delete(ip);
    if (!server.isAsync) return [{ code: 0, msg: '', data: { type: 'sync', task_id: 1 } }];
    server.alterations.set(String(headers['x-correlation-id']), { state: server.begun });
    return [{ code: 0, msg: '', data: { type: 'async', task_id: 7 } }];
  }
  return [{ code: 404, msg: 'not found' }, 404];
}
