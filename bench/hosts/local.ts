import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ExecOptions, type Exit, type Transport, TransportError } from '../../hosts/transport';

const KEPT_STDERR_CHARACTERS = 2_000;

export interface LocalHost {
  /** The login shell: a program that takes `-c COMMAND`, and words before that. */
  shell: readonly string[];
  /** All of the environment, as a login would make it. */
  env: Readonly<Record<string, string>>;
  /**
   * What becomes of a command whose client has gone: an ssh server leaves it alone; `kill` is a client that took it
   * along, at any moment of its work.
   */
  onCut?: 'leave' | 'kill';
}

/** This machine in the place of a host: a command goes to a shell of the user's choice, as an ssh server does it. */
export class LocalTransport implements Transport {
  constructor(readonly host: LocalHost) {}

  async exec(command: string, { stdin, last, onStdout, signal }: ExecOptions): Promise<Exit> {
    signal?.throwIfAborted();
    const [program, ...words] = this.host.shell;
    const child = spawn(program!, [...words, '-c', command], { env: this.host.env, cwd: '/', detached: true });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, KEPT_STDERR_CHARACTERS);
    });
    // Who ends before it has read everything breaks the pipe, and says why on the other one.
    child.stdin.on('error', () => {});
    const cut = () => {
      for (const stream of child.stdio) stream?.destroy();
      if (this.host.onCut === 'kill') killGroup(child.pid);
    };
    signal?.addEventListener('abort', cut);
    const closed = once(child, 'close');
    // Whoever lets go does not wait for it.
    closed.catch(() => {});
    try {
      for (const bytes of stdin) child.stdin.write(bytes);
      if (last) last.then((bytes) => child.stdin.end(bytes));
      else child.stdin.end();
      for await (const chunk of child.stdout) await onStdout(chunk as Buffer);
      const [code] = (await closed) as [number | null];
      signal?.throwIfAborted();
      return { code, stderr };
    } catch (error) {
      cut();
      signal?.throwIfAborted();
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new TransportError('unreachable', `there is no ${program}`, { cause: error });
      throw error;
    } finally {
      signal?.removeEventListener('abort', cut);
    }
  }
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
