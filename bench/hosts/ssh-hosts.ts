import { once } from 'node:events';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { type Connection, Server, type ServerChannel, utils } from 'ssh2';
import { makeKeyPair } from '../machines/key-pair';
import { answerTo, bytesToCome, FORGOTTEN } from './answers';

/** What is known of hosts that are one ssh server at many addresses. */
export interface SshHosts {
  port: number;
  user: string;
  /** What lets one in, and what it is known by. */
  userKey: string;
  hostKey: { type: string; key: string };
}

/**
 * A process of its own: an ssh server at all addresses of this machine (127.1.0.1, 127.1.0.2 ...), each of which is a host
 * that answers as the helper does. It says what is to be known of it to who has started it, and ends with that.
 */
async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  const hostPair = makeKeyPair();
  const userPair = makeKeyPair();
  const userKey = utils.parseKey(userPair.public);
  if (userKey instanceof Error) throw userKey;
  const server = new Server({ hostKeys: [hostPair.private] }, (connection) =>
    serve(connection, userKey.getPublicSSH()),
  );
  // The library gives no other way to them.
  const net = (server as unknown as { _srv: NetServer })._srv;
  net.prependListener('connection', (socket: Socket) => socket.setNoDelay(true));
  server.listen(0, '0.0.0.0');
  await once(net, 'listening');
  const [type, key] = hostPair.public.split(' ') as [string, string];
  const known: SshHosts = {
    port: (net.address() as AddressInfo).port,
    user: 'root',
    userKey: userPair.private,
    hostKey: { type, key },
  };
  process.send?.(known);
}

function serve(connection: Connection, userKey: Buffer): void {
  connection
    .on('error', () => {})
    .on('authentication', (context) => {
      if (context.method === 'publickey' && userKey.equals(context.key.data)) context.accept();
      else context.reject(['publickey']);
    })
    .on('session', (accept) => {
      accept().on('exec', (take, _refuse, { command }) => answer(take(), command));
    });
}

/** Says what there is to say once all that it needs has come, as a host does, and forgets when it is told to. */
function answer(channel: ServerChannel, command: string): void {
  const needed = bytesToCome(command);
  let came = 0;
  channel.on('error', () => {});
  channel.on('data', (chunk: Buffer) => {
    const wasComplete = came >= needed;
    came += chunk.length;
    if (wasComplete) channel.write(FORGOTTEN);
    else if (came >= needed) channel.write(answerTo(command));
  });
  channel.on('end', () => {
    channel.exit(0);
    channel.end();
  });
}

if (require.main === module) void main();
