import { createCloud } from '../../../inventory/hosts/clouds';
import { trustHosts } from '../../../inventory/ssh/host-keys';
import { seal } from '../../../secrets/token';
import { TestServer } from '../../hosts/ssh/server';
import { addPlainApp } from '../../support/callers';
import { Gantry } from '../../support/gantry';
import { addSshProject, type SshProject } from '../../support/ssh-inventory';
import { dataOf, V1Client } from '../../support/v1';

export const TESTER = { username: 'tester', appCode: 'test', source: 'api' };

/** Of a host with an ssh server behind it. */
export interface Reached {
  /** Where the server is; without it, one that is made. */
  server?: TestServer;
  address?: string;
  port?: number;
  /** Keys that are trusted from the beginning; without it, those of the server. */
  keys?: readonly { type: string; key: string }[];
  /** In place of the server's own private key. */
  password?: string;
  /** Of the profile. */
  profile?: Parameters<SshProject['profile']>[0];
  /** Of the host. */
  host?: Parameters<SshProject['host']>[0];
}

/** An installation with a project whose hosts are ssh servers within this process. */
export class SshWorld {
  readonly #servers: TestServer[] = [];
  #clouds = 0;

  private constructor(
    readonly gantry: Gantry,
    readonly project: SshProject,
  ) {}

  static async open(): Promise<SshWorld> {
    const gantry = await Gantry.create();
    await addPlainApp(gantry);
    return new SshWorld(gantry, await addSshProject(gantry.db));
  }

  get v1(): V1Client {
    return new V1Client(this.gantry);
  }

  at(path: string): string {
    return `/projects/${this.project.projectId}${path}`;
  }

  async serve(options: Parameters<typeof TestServer.listen>[0] = {}): Promise<TestServer> {
    const server = await TestServer.listen(options);
    this.#servers.push(server);
    return server;
  }

  /** Makes a host of the project, with a profile and a credential of its own; its id. */
  async host({ address = '127.0.0.1', profile = {}, host = {}, ...given }: Reached = {}): Promise<number> {
    const { gantry, project } = this;
    const server = given.server ?? (given.port === undefined ? await this.serve() : undefined);
    const credential_id = await project.credential(this.#sealed(given, server));
    const ssh_profile_id = await project.profile({
      port: given.port ?? server!.port,
      login_user: 'deploy',
      credential_id,
      ...profile,
    });
    // All of them are on the same address.
    const cloud = await createCloud(gantry.db, { account: '0', name: `cloud ${++this.#clouds}` }, TESTER);
    const id = await project.host({ address, cloud_id: cloud.id, ssh_profile_id, ...host });
    await this.trust(id, given.keys ?? server?.knownKeys ?? []);
    return id;
  }

  async trust(hostId: number, keys: readonly { type: string; key: string }[], replace = false): Promise<void> {
    if (keys.length === 0) return;
    await trustHosts(this.gantry.db, this.project, { hosts: [{ hostId, keys, replace }], source: 'given' }, TESTER);
  }

  /** Tests hosts; what came of each. */
  async test(hostIds: readonly number[], more: object = {}, client = this.v1) {
    return dataOf(await client.post(this.at('/hosts/test'), { host_ids: hostIds, ...more })).hosts;
  }

  async scan(hostIds: readonly number[]) {
    return dataOf(await this.v1.post(this.at('/hosts/scan-keys'), { host_ids: hostIds })).hosts;
  }

  async close(): Promise<void> {
    await this.gantry.stop();
    await Promise.all(this.#servers.map((server) => server.close()));
  }

  #sealed({ password }: Reached, server: TestServer | undefined) {
    const place = this.project.projectId;
    if (password !== undefined) {
      return { kind: 'password' as const, secret: JSON.stringify({ password: seal(password, place) }) };
    }
    const key = server?.userKey.privateKey ?? '';
    return { kind: 'private_key' as const, secret: JSON.stringify({ private_key: seal(key, place) }) };
  }
}
