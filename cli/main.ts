import { messageOf } from '../stack/output';
import { exitCodeOf } from './misuse';

const HELP = `gantry: durable operations and deploy pipelines

  gantry start [--no-example]   boot Postgres, Temporal, worker and API, and serve until Ctrl-C
  gantry run FILE [--set key=value]
                                create and start the task of a pipeline_tree, and draw its progress
  gantry hosts list [--tag T]... [--set S] [--module M] [--name N] [--address A] [--cloud ID] [--group ID]
                                [--condition JSON] [--limit N]
                                the hosts of a project that have all of that
  gantry hosts add ADDRESS [--name N] [--tag T]... [--var K=V]... [--cloud ID] [--module ID]...
                                add a host; where no module is said it is idle
  gantry hosts import FILE [--format F] [--preview] [--yes]
                                add the hosts of a CSV, JSON or Ansible inventory, or of ~/.ssh/config, and change
                                those that are there: shows what it would do, and asks; --yes does it at once,
                                --preview does not do it
  gantry hosts trust HOST... [--key SHA256:...]... [--yes] [--replace]
                                look at the keys that hosts show, and trust them: asks about each host; without a
                                terminal those of --key alone, or, with --yes, whatever the network shows now;
                                a host that shows other keys than before needs --replace as well
  gantry hosts test HOST... [--account ALIAS]
                                log in to hosts, and say what they are; ends with 1 when one cannot be reached
                                (HOST is an id, a name or an address; instead --group NAME, --tag T, or --all)
  gantry hosts keys HOST [--revoke ID]
                                the keys that a host is known by, or one that it is to be known by no more
  gantry hosts run SELECTOR -- COMMAND...
                                run a command on hosts, by a task of its own, and print what they write; SELECTOR is
                                addresses, ranges and ids; also, or instead, --tag T... --set S --module M, --group G or --pool P
                                [--script FILE] [--interpreter I] [--param K=V]... [--account ALIAS] [--timeout SECONDS]
                                [--concurrency N] [--max-failed N|N%] [--name NAME] [--detach] [--stop-on-interrupt]
  gantry logs [-f] TASK [HOST]  what hosts have written for a task [--node N] [--attempt N] [--tail LINES]
  gantry status TASK            how a task stands: its nodes, its hosts, what has failed
  gantry retry TASK [--node N] [--failed-hosts | --all-hosts | --host HOST...]
                                run a node again that has failed
  gantry stop TASK              end a task, and what it runs on hosts
  gantry credentials list | add NAME | rotate C | rename C NAME | delete C  [--kind private_key|password]
                                what hosts are logged in to by; a secret comes from --file PATH or standard input, a
                                password from a terminal too, never from an argument; --passphrase-file PATH
  gantry accounts list | add ALIAS --login-user U | change A | delete A
                                the names under which work is done on hosts [--credential C] [--become-user U]
                                [--host-tag T] [--min-role R]
  gantry ssh-profiles list | add NAME | change P | delete P
                                how hosts are reached [--port N] [--login-user U] [--credential C] [--jump-host HOST]
                                [--connect-timeout SECONDS] [--run-folder PATH] [--host-keys strict|first_use]
                                [--default] [--module ID]...; "none" takes away what was said
                                (credentials and ssh-profiles: --installation for those of all projects, --cloud ID)
  gantry topology               the sets and modules of a project, and how many hosts are in each
                                (from hosts to here: --project ID where there are several, --json; of the API at
                                GANTRY_URL, else the stack of GANTRY_HOME, as the user of GANTRY_TOKEN)
  gantry worker                 only the worker  (DATABASE_URL, TEMPORAL_ADDRESS)
  gantry api                    only the API     (DATABASE_URL, TEMPORAL_ADDRESS, GANTRY_PORT)
  gantry migrate                bring the database of DATABASE_URL, and the namespace of TEMPORAL_ADDRESS if set, up to date
  gantry cases DIR              drive a folder of cases through the API of a stack of its own
  gantry hostile DIR            send the hostile inputs of DIR/hostile.json to a stack of its own, and see who notices
  gantry add-app CODE [USER] [--trusted] [--rate N] [--max-body BYTES]
                                give an app a new secret; with USER it is trusted, and the user made
  gantry add-project NAME [--biz ID] [--zone ZONE]
                                make a project, of a business or of nobody
  gantry grant USER PROJECT ROLE
                                make somebody viewer, operator, editor or admin of a project, or none of it
  gantry token USER [--hours N] print a bk_token of a user (24 hours)
  gantry rotate-secrets [--new-key]
                                seal stored passwords anew with the first key of GANTRY_SECRET_KEYS; --new-key makes one
                                for the stack of GANTRY_HOME first, which then has to be restarted
  gantry adopt-namespace [--lost]
                                take the namespace of TEMPORAL_NAMESPACE for this installation; --lost ends the tasks that
                                are not found in it
  gantry help                   this text

Exit codes: 0 done, 1 failed, 2 what is asked for cannot be understood, 3 the API does not answer, 130 Ctrl-C.
Settings: GANTRY_HOME (data folder, default .gantry), GANTRY_PORT (default 8000), GANTRY_RETENTION (days, default 30),
DATABASE_URL and TEMPORAL_ADDRESS (use these instead of embedded servers), TEMPORAL_NAMESPACE (default "default").
`;

/** Commands by name, each returning its exit code. Loaded on demand: the API needs no worker code, and the other way round. */
const COMMANDS: Record<string, (args: string[]) => Promise<number>> = {
  async start(args) {
    const unknown = args.filter((arg) => arg !== '--no-example');
    if (unknown.length > 0) throw new Error(`gantry start does not know ${unknown.join(' ')}`);
    const { start } = await import('./start.js');
    return start({ example: args.includes('--no-example') ? 'none' : 'first' });
  },
  async run(args) {
    const [{ runFile }, { parseRunArgs }] = await Promise.all([import('./run-file.js'), import('./run-request.js')]);
    const { file, settings } = parseRunArgs(args);
    return runFile(file, settings);
  },
  async hosts(args) {
    const { hosts } = await import('./hosts/index.js');
    return hosts(args);
  },
  async logs(args) {
    const { logs } = await import('./logs.js');
    return logs(args);
  },
  async status(args) {
    const { status } = await import('./status.js');
    return status(args);
  },
  async retry(args) {
    const { retry } = await import('./retry.js');
    return retry(args);
  },
  async stop(args) {
    const { stop } = await import('./stop.js');
    return stop(args);
  },
  async credentials(args) {
    const { credentials } = await import('./ssh/credentials.js');
    return credentials(args);
  },
  async accounts(args) {
    const { accounts } = await import('./ssh/accounts.js');
    return accounts(args);
  },
  async 'ssh-profiles'(args) {
    const { sshProfiles } = await import('./ssh/profiles.js');
    return sshProfiles(args);
  },
  async topology(args) {
    const { topology } = await import('./topology.js');
    return topology(args);
  },
  async worker() {
    endWithSupervisor();
    const { runWorker } = await import('./worker.js');
    await runWorker();
    return 0;
  },
  async api() {
    endWithSupervisor();
    const { runApi } = await import('./api.js');
    await runApi();
    return 0;
  },
  async migrate() {
    const { migrate } = await import('./migrate.js');
    return migrate();
  },
  async cases(args) {
    const [folder, ...rest] = args;
    if (!folder || rest.length > 0) throw new Error('gantry cases needs one folder: npm run cases -- DIR');
    const { runCases } = await import('./cases/index.js');
    return runCases(folder);
  },
  async hostile(args) {
    const [folder, ...rest] = args;
    if (!folder || rest.length > 0) throw new Error('gantry hostile needs one folder: npm run hostile -- DIR');
    const { runHostile } = await import('./hostile/index.js');
    return runHostile(folder);
  },
  async 'add-app'(args) {
    const { addApp } = await import('./add-app.js');
    return addApp(args);
  },
  async 'add-project'(args) {
    const { addProject } = await import('./add-project.js');
    return addProject(args);
  },
  async grant(args) {
    const { grant } = await import('./grant.js');
    return grant(args);
  },
  async token(args) {
    const { printToken } = await import('./token.js');
    return printToken(args);
  },
  async 'rotate-secrets'(args) {
    const unknown = args.filter((arg) => arg !== '--new-key');
    if (unknown.length > 0) throw new Error(`gantry rotate-secrets does not know ${unknown.join(' ')}`);
    const { makeNewKey, rotateStoredSecrets } = await import('./rotate-secrets.js');
    return args.length > 0 ? makeNewKey() : rotateStoredSecrets();
  },
  async 'adopt-namespace'(args) {
    const { adopt } = await import('./adopt-namespace.js');
    return adopt(args);
  },
  async test(args) {
    const { testRun } = await import('../stack/test-run.js');
    return testRun(args);
  },
  async help() {
    process.stdout.write(HELP);
    return 0;
  },
};

/** A service whose supervisor was killed has nobody who would stop or restart it. */
function endWithSupervisor(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

/** Who reads what is printed may have had enough, as `head` has; a shell says it so of programs that a SIGPIPE ends. */
const READER_HAS_GONE = 141;

function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(READER_HAS_GONE);
    throw error;
  });
}

async function main(): Promise<number> {
  endWithReader();
  const [name = 'help', ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    process.stderr.write(`gantry does not know ${name}\n\n${HELP}`);
    return 2;
  }
  return command(args);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(exitCodeOf(error));
  },
);
