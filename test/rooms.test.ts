import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { filesOf, ROOMS, ROOT } from './support/rooms';

const { BUNDLED_ROOMS } = require(join(ROOT, 'scripts/setup/sources.js')) as { BUNDLED_ROOMS: string[] };

/** Who may know whom (docs/architecture.md). What tsconfig.json includes, and what is built, are these rooms. */
const MAY_IMPORT: Record<string, string[]> = {
  base: [],
  hosts: ['base'],
  pipeline: ['base'],
  workflows: ['pipeline', 'base'],
  secrets: ['pipeline', 'base'],
  db: ['base'],
  access: ['db', 'base'],
  inventory: ['secrets', 'access', 'db', 'base'],
  plugins: ['pipeline', 'base'],
  activities: ['plugins', 'hosts', 'inventory', 'secrets', 'db', 'workflows', 'pipeline', 'base'],
  temporal: ['db', 'workflows', 'pipeline', 'base'],
  trees: ['plugins', 'access', 'db', 'secrets', 'pipeline', 'base'],
  tasks: ['trees', 'temporal', 'plugins', 'access', 'db', 'secrets', 'workflows', 'pipeline', 'base'],
  templates: ['tasks', 'trees', 'access', 'db', 'secrets', 'pipeline', 'base'],
  rollouts: [
    'hosts',
    'inventory',
    'tasks',
    'trees',
    'temporal',
    'plugins',
    'access',
    'db',
    'secrets',
    'workflows',
    'pipeline',
    'base',
  ],
  schedules: [
    'rollouts',
    'templates',
    'tasks',
    'trees',
    'temporal',
    'access',
    'db',
    'secrets',
    'workflows',
    'pipeline',
    'base',
  ],
  worker: ['rollouts', 'schedules', 'tasks', 'temporal', 'activities', 'hosts', 'db', 'workflows', 'base'],
  api: [
    'inventory',
    'rollouts',
    'schedules',
    'templates',
    'tasks',
    'trees',
    'temporal',
    'plugins',
    'access',
    'db',
    'secrets',
    'workflows',
    'pipeline',
    'base',
  ],
  stack: ['db', 'base'],
  cli: [
    'stack',
    'api',
    'worker',
    'inventory',
    'rollouts',
    'schedules',
    'templates',
    'tasks',
    'temporal',
    'access',
    'db',
    'secrets',
    'pipeline',
    'base',
  ],
  bench: [
    'hosts',
    'cli',
    'stack',
    'worker',
    'tasks',
    'trees',
    'temporal',
    'plugins',
    'access',
    'db',
    'workflows',
    'pipeline',
    'base',
  ],
  // What runs before anything is built.
  scripts: [],
};

/** What a worker is made of, and what runs in it. */
const WORKERS = ['@temporalio/worker', '@temporalio/workflow', '@temporalio/activity'];

/** Packages that a room may not use; `node:` stands for all of Node. */
const MAY_NOT_USE: Record<string, string[]> = {
  base: ['node:', '@temporalio', 'hono', '@hono', 'kysely', 'pg', 'zod'],
  hosts: ['@temporalio', 'hono', '@hono', 'kysely', 'pg'],
  pipeline: ['node:', '@temporalio', 'hono', '@hono', 'kysely', 'pg'],
  plugins: ['@temporalio', 'hono', '@hono', 'kysely', 'pg'],
  workflows: ['node:', 'zod', 'hono', '@hono', 'kysely', 'pg'],
  db: ['@temporalio', 'hono', '@hono'],
  access: ['@temporalio', 'hono', '@hono', 'pg'],
  inventory: ['@temporalio', 'hono', '@hono', 'pg'],
  temporal: [...WORKERS, 'hono', '@hono', 'pg'],
  trees: ['@temporalio', 'hono', '@hono', 'pg'],
  tasks: [...WORKERS, 'hono', '@hono', 'pg'],
  templates: ['@temporalio', 'hono', '@hono', 'pg'],
  schedules: [...WORKERS, 'hono', '@hono', 'pg'],
  api: [...WORKERS, '@temporalio/client', 'pg'],
};

interface Import {
  file: string;
  room: string;
  target: string;
}

describe('rooms', () => {
  const rooms = Object.keys(MAY_IMPORT);
  const imports = rooms.flatMap(importsOf);
  const own = imports.filter(({ target }) => target.startsWith('.'));

  it('are all folders with code, and what is compiled', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^\.|^(node_modules|dist|test)$/.test(entry.name))
      .map(({ name }) => name);
    const withCode = folders.filter((folder) => filesOf(join(ROOT, folder)).length > 0);

    expect(withCode.sort()).toEqual([...rooms].sort());
    expect([...ROOMS].sort()).toEqual(rooms.filter((room) => room !== 'scripts').sort());
  });

  it('know only the rooms that the architecture lets them know', () => {
    const wrong = own.filter((found) => {
      const target = roomOf(fileOf(found));
      return target !== found.room && !MAY_IMPORT[found.room]!.includes(target);
    });

    expect(wrong.map(describeImport)).toEqual([]);
  });

  it('put into the workflow bundle whatever workflows can reach', () => {
    const reached = new Set(['workflows']);
    for (const room of reached) for (const known of MAY_IMPORT[room]!) reached.add(known);

    expect([...reached].filter((room) => !BUNDLED_ROOMS.includes(room))).toEqual([]);
  });

  it('have no files that know each other in a circle', () => {
    const graph = new Map<string, string[]>();
    for (const found of own) graph.set(found.file, [...(graph.get(found.file) ?? []), fileOf(found)]);

    expect(circlesIn(graph).map((files) => files.map((file) => relative(ROOT, file)))).toEqual([]);
  });

  it('keep API families apart: none knows another, and only the app knows them; the command line knows the types of v1', () => {
    const families = readdirSync(join(ROOT, 'api'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, 'api', entry.name, 'family.ts')))
      .map(({ name }) => join(ROOT, 'api', name) + sep);
    const familyOf = (file: string) => families.find((folder) => file.startsWith(folder));

    const wrong = own.filter((found) => {
      const [from, to] = [familyOf(found.file), familyOf(fileOf(found))];
      // The command line speaks to v1 over HTTP: what it may know of it is the types of answers.
      const isOfAnswers = found.room === 'cli' && relative(ROOT, fileOf(found)) === join('api', 'v1', 'answers.ts');
      return to !== undefined && to !== from && !isOfAnswers && relative(ROOT, found.file) !== join('api', 'app.ts');
    });

    expect(families.map((folder) => relative(ROOT, folder))).toContain(join('api', 'bk-sops'));
    expect(wrong.map(describeImport)).toEqual([]);
  });

  it('use only the packages that their purpose allows', () => {
    const wrong = imports.filter(({ room, target }) =>
      (MAY_NOT_USE[room] ?? []).some(
        (name) => target === name || target.startsWith(name.endsWith(':') ? name : `${name}/`),
      ),
    );

    expect(wrong.map(describeImport)).toEqual([]);
  });

  it('leave clients of Postgres to db/, whose clients outlive the server; the probe only counts what others send', () => {
    const users = rooms
      .filter((room) => room !== 'db')
      .flatMap((room) => filesOf(join(ROOT, room)))
      .filter((file) => /import (?!type ).* from 'pg'/.test(readFileSync(file, 'utf8')));

    expect(users.map((file) => relative(ROOT, file))).toEqual([join('bench', 'probe.ts')]);
  });

  it('keep zod out of what the machine imports', () => {
    const wrong = imports.filter(
      ({ file, target }) => target === 'zod' && /pipeline\/(?!tree\/)/.test(relative(ROOT, file)),
    );

    expect(wrong.map(describeImport)).toEqual([]);
  });
});

function importsOf(room: string): Import[] {
  return filesOf(join(ROOT, room)).flatMap((file) =>
    ts
      .preProcessFile(readFileSync(file, 'utf8'))
      .importedFiles.map(({ fileName }) => ({ file, room, target: fileName })),
  );
}

/** The file that a relative import means. */
function fileOf({ file, target }: Import): string {
  const path = join(dirname(file), target);
  // `import()` needs the name that the file has when it is compiled.
  const found = [path, path.replace(/\.js$/, '.ts'), `${path}.ts`, `${path}.tsx`, join(path, 'index.ts')].find(
    (candidate) => /\.[jt]sx?$|\.json$/.test(candidate) && existsSync(candidate),
  );
  if (!found) throw new Error(`${relative(ROOT, file)} imports ${target}, which is no file`);
  return found;
}

function roomOf(file: string): string {
  return relative(ROOT, file).split(sep)[0]!;
}

/** Groups of files each of which reaches all others of its group. */
function circlesIn(graph: ReadonlyMap<string, string[]>): string[][] {
  const reach = new Map<string, Set<string>>();
  for (const file of graph.keys()) {
    const seen = new Set(graph.get(file));
    for (const known of seen) for (const next of graph.get(known) ?? []) seen.add(next);
    reach.set(file, seen);
  }
  const inCircle = [...graph.keys()].filter((file) => reach.get(file)!.has(file));
  const groups = new Map<string, string[]>();
  for (const file of inCircle) {
    const group = inCircle.filter((other) => reach.get(file)!.has(other) && reach.get(other)!.has(file));
    groups.set(group.join(), group);
  }
  return [...groups.values()];
}

function describeImport({ file, target }: Import): string {
  return `${relative(ROOT, file)} imports ${target}`;
}
