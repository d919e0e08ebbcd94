import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

/** What passes between one client connection and its server. True: let it pass; false: hold it back for ever. */
export interface Tap {
  fromClient?(chunk: Buffer): boolean;
  fromServer?(chunk: Buffer): boolean;
}

/** A TCP proxy that looks at what passes: to stop a process at the very moment that it says something. */
export class Wire {
  private constructor(
    readonly port: number,
    readonly close: () => void,
  ) {}

  /** @param tap makes the tap of each new connection */
  static async open(target: { host: string; port: number }, tap: () => Tap): Promise<Wire> {
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = createConnection(target);
      const { fromClient = () => true, fromServer = () => true } = tap();
      client.on('data', (chunk) => fromClient(chunk) && upstream.write(chunk));
      upstream.on('data', (chunk) => fromServer(chunk) && client.write(chunk));
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Wire((server.address() as AddressInfo).port, () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
  }
}
