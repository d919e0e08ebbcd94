import { once } from 'node:events';
import { connect } from 'node:net';
import { Client } from 'ssh2';
import { HELPER, helperCommand } from '../../hosts/helper';
import { closedLoop } from '../closed-loop';
import type { SshHosts } from './ssh-hosts';

/** What a bare client is to do, and what it is told by. */
export interface BareOrder {
  hosts: SshHosts;
  addresses: readonly string[];
  /** Hosts at a time. */
  inFlight: number;
  /** What is sent with each start: parameters, then the script. */
  block: string;
  script: string;
}

/** What that took. */
export interface BareUsage {
  wallMs: number;
  cpuMs: number;
  /** At its end, with all connections open. */
  rssBytes: number;
  /** Bytes that hosts have answered. */
  heard: number;
}

/** Where a host says that a run has ended. */
const END = /^E /m;

/**
 * A process of its own: a loop over ssh2 that sends to hosts what Gantry sends, hears what they answer, and writes nothing.
 * Connections stay open, as Gantry's do.
 */
async function work({ hosts, addresses, inFlight, block, script }: BareOrder): Promise<BareUsage> {
  const parts = { block: Buffer.from(block), script: Buffer.from(script), helper: Buffer.from(HELPER) };
  let heard = 0;
  const clients: Client[] = [];
  const runs = addresses.map((address, index) => async () => {
    const client = await logIn(hosts, address);
    clients.push(client);
    const id = `bench-${index}`;
    const token = '0123456789abcdef01';
    const words = [token, id, '-', 600, 10_485_760, parts.block.length, parts.script.length, 0, 1, 'sh'];
    heard += await exec(client, helperCommand('start', words), [parts.helper, parts.block, parts.script]);
  });
  const before = process.cpuUsage();
  const { elapsedMs } = await closedLoop(runs, inFlight);
  const { user, system } = process.cpuUsage(before);
  const rssBytes = process.memoryUsage.rss();
  for (const client of clients) client.end();
  return { wallMs: elapsedMs, cpuMs: (user + system) / 1000, rssBytes, heard };
}

async function logIn({ port, user, userKey, hostKey }: SshHosts, address: string): Promise<Client> {
  const sock = connect({ host: address, port, noDelay: true });
  await once(sock, 'connect');
  const client = new Client();
  client.connect({
    sock,
    username: user,
    privateKey: userKey,
    hostVerifier: (key: Buffer) => key.toString('base64') === hostKey.key,
  });
  await once(client, 'ready');
  client.on('error', () => {});
  return client;
}

function exec(client: Client, command: string, input: readonly Buffer[]): Promise<number> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let heard = 0;
      let hasEnded = false;
      channel.on('close', () => resolve(heard));
      channel.on('data', (chunk: Buffer) => {
        heard += chunk.length;
        if (!hasEnded && END.test(chunk.toString('latin1'))) {
          hasEnded = true;
          channel.end('forget\n');
        }
      });
      channel.stderr.resume();
      for (const bytes of input) channel.write(bytes);
    });
  });
}

if (require.main === module) {
  process.once('disconnect', () => process.exit(0));
  process.once('message', (order) => {
    work(order as BareOrder).then(
      (usage) => process.send?.(usage),
      (error: unknown) => {
        process.stderr.write(`${(error as Error).stack}\n`);
        process.exit(1);
      },
    );
  });
}
