import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type AuthContext, type Connection, Server, type ServerChannel } from 'ssh2';
import type { Hop, HostKey } from '../../../hosts/ssh/route';
import { type KeyPair, newKey } from './keys';

export const USER = 'deploy';
export const PASSWORD = 'correct horse';

export interface ServerOptions {
  /** Of this machine; without it, 127.0.0.1. */
  address?: string;
  /** Those that the server has; without it, one of ed25519. */
  hostKeys?: readonly KeyPair[];
  /** What users may log in by; without it, by anything that is right. */
  methods?: readonly ('password' | 'publickey' | 'keyboard-interactive')[];
  /** Answers a login in its own way; returns false to leave it to the server. */
  onLogin?(context: AuthContext): boolean;
  /** What a command does; without it, a shell runs it. */
  onCommand?(command: string, channel: ServerChannel, server: TestServer): void;
  /** Whether one more session is opened on a connection that has so many. */
  mayOpen?(sessions: number, server: TestServer): boolean;
  /** Whether it forwards a connection; without it, it does. */
  mayForward?: boolean;
  /** Hears of each connection before ssh does; true: it was dealt with. */
  onSocket?(socket: Socket, server: TestServer): boolean;
}

/** An ssh server within this process, whose faults tests choose. It runs commands on this machine. */
export class TestServer {
  readonly hostKeys: readonly KeyPair[];
  readonly userKey = newKey();
  port = 0;
  /** Connections that were ever made to it. */
  accepted = 0;
  /** Logins that were tried, the first questions for what it takes left out. */
  readonly logins: string[] = [];
  readonly users: string[] = [];
  readonly commands: string[] = [];
  /** How many commands ran at a time on one connection, at most. */
  mostSessions = 0;
  mostConnections = 0;
  /** Logins that were under way at a time, at most. */
  mostHandshakes = 0;
  readonly forwarded: string[] = [];
  /** Does something in place of saying whether a command is taken. */
  onExec: (() => void) | undefined;
  #handshakes = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly options: ServerOptions = {}) {
    this.hostKeys = options.hostKeys ?? [newKey()];
    this.#server = new Server({ hostKeys: this.hostKeys.map(({ parsed }) => ({ key: parsed })) });
    this.#server.on('connection', (connection) => this.#serve(connection));
    // The library's own server takes what this one hands on.
    const [own] = this.#net.listeners('connection') as ((socket: Socket) => void)[];
    this.#net.removeAllListeners('connection').on('connection', (socket: Socket) => {
      this.accepted += 1;
      this.#sockets.add(socket);
      this.mostConnections = Math.max(this.mostConnections, this.#sockets.size);
      socket.setNoDelay(true);
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
      if (!options.onSocket?.(socket, this)) own!.call(this.#net, socket);
    });
  }

  static async listen(options: ServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(options);
    server.#net.listen(0, options.address ?? '127.0.0.1');
    await once(server.#net, 'listening');
    server.port = (server.#net.address() as AddressInfo).port;
    return server;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  get knownKeys(): HostKey[] {
    return this.hostKeys.map(({ known }) => known);
  }

  hop(more: Partial<Hop> = {}): Hop {
    return {
      hostId: 12,
      address: '127.0.0.1',
      port: this.port,
      user: USER,
      login: { kind: 'private_key', privateKey: this.userKey.privateKey },
      loginKey: 'credential 1',
      keys: this.knownKeys,
      trustsFirst: false,
      connectTimeoutMs: 10_000,
      ...more,
    };
  }

  /** Breaks all connections without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Hears nothing any more of what comes by the connections that there are, as a machine without power. */
  freeze(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data').pause();
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    endAll();
    if (!this.#net.listening) return;
    this.#net.close();
    await once(this.#net, 'close');
  }

  get #net(): import('node:net').Server {
    return (this.#server as unknown as { _srv: import('node:net').Server })._srv;
  }

  #serve(connection: Connection): void {
    let sessions = 0;
    let isLoggingIn = true;
    const endHandshake = () => {
      if (isLoggingIn) this.#handshakes -= 1;
      isLoggingIn = false;
    };
    this.#handshakes += 1;
    this.mostHandshakes = Math.max(this.mostHandshakes, this.#handshakes);
    connection
      .on('error', () => {})
      .on('close', endHandshake)
      .on('ready', endHandshake)
      .on('authentication', (context) => this.#logIn(context))
      .on('tcpip', (accept, reject, { destIP, destPort }) => {
        this.forwarded.push(`${destIP}:${destPort}`);
        if (this.options.mayForward === false) return reject();
        const socket = connect({ host: destIP, port: destPort, noDelay: true });
        socket.once('connect', () => {
          const channel = accept();
          channel.on('error', () => {}).on('close', () => socket.destroy());
          socket.on('close', () => channel.close());
          channel.pipe(socket).pipe(channel);
        });
        socket.on('error', () => reject());
      })
      .on('session', (accept, reject) => {
        if (this.options.mayOpen?.(sessions, this) === false) return reject();
        sessions += 1;
        this.mostSessions = Math.max(this.mostSessions, sessions);
        const session = accept();
        session.on('close', () => {
          sessions -= 1;
        });
        session.on('exec', (take, refuse, { command }) => {
          this.commands.push(command);
          if (this.onExec) return this.onExec();
          if (command === 'refuse') return refuse();
          const channel = take();
          channel.on('error', () => {});
          (this.options.onCommand ?? runInShell)(command, channel, this);
        });
      });
  }

  #logIn(context: AuthContext): void {
    this.users.push(context.username);
    if (context.method !== 'none') this.logins.push(context.method);
    if (this.options.onLogin?.(context)) return;
    const methods = [...(this.options.methods ?? ['publickey', 'password'])];
    const refuse = () => context.reject(methods);
    if (context.username !== USER || !methods.includes(context.method as never)) return refuse();
    switch (context.method) {
      case 'password':
        return context.password === PASSWORD ? context.accept() : refuse();
      case 'keyboard-interactive':
        return context.prompt([{ prompt: 'Password: ', echo: false }], ([answer]) =>
          answer === PASSWORD ? context.accept() : refuse(),
        );
      case 'publickey': {
        const { key, signature, blob, hashAlgo } = context;
        const { parsed } = this.userKey;
        if (!parsed.getPublicSSH().equals(key.data)) return refuse();
        if (!signature || parsed.verify(blob!, signature, hashAlgo)) return context.accept();
        return refuse();
      }
      default:
        return refuse();
    }
  }
}

const children = new Set<ChildProcess>();

/** Ends what commands have left behind. */
function endAll(): void {
  for (const { pid } of children) {
    try {
      process.kill(-pid!, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** Runs a command of a channel as sshd would: it goes on when the channel is closed. */
function runInShell(command: string, channel: ServerChannel): void {
  runIn(process.env, command, channel);
}

/** The same with an environment, as one user's login has it. */
export function shellWith(env: NodeJS.ProcessEnv): (command: string, channel: ServerChannel) => void {
  return (command, channel) => runIn(env, command, channel);
}

function runIn(env: NodeJS.ProcessEnv, command: string, channel: ServerChannel): void {
  const child = spawn('/bin/sh', ['-c', command], { cwd: '/', detached: true, env });
  children.add(child);
  child.stdin.on('error', () => {});
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('close', (code, signal) => {
    children.delete(child);
    if (signal === null) channel.exit(code!);
    else channel.exit(signal.replace(/^SIG/, ''));
    channel.end();
  });
  channel.on('close', () => {
    for (const stream of child.stdio) stream?.destroy();
  });
}
