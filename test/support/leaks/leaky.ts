import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

/** A suite that leaves one of each kind open and closes another one of each; run by leaks.test.ts. */
describe('a suite', () => {
  afterAll(() => {
    setTimeout(() => {}, 60_000);
    clearTimeout(setTimeout(() => {}, 60_000));
    setInterval(() => {}, 60_000);
    clearInterval(setInterval(() => {}, 60_000));
    setTimeout(() => {}, 60_000).unref();
    void delay(60_000);
    return delay(1);
  });

  it('leaves things open', async () => {
    const open = async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    };
    const [left, closed] = [await open(), await open()];
    const sockets: Socket[] = [left, left].map((server) => connect((server.address() as AddressInfo).port));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    // Both end with this process.
    const children = [1, 2].map(() => spawn(process.execPath, ['-e', 'process.stdin.resume()']));
    const threads = [1, 2].map(() => new Worker('setInterval(() => {}, 1000)', { eval: true }));
    await Promise.all(threads.map((thread) => once(thread, 'online')));

    closed.close();
    sockets[1]!.destroy();
    children[1]!.kill();
    await threads[1]!.terminate();
  });
});
