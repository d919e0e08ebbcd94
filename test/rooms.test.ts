import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { filesOf, ROOMS, ROOT } from './support/rooms';

/** Who may know whom (docs/architecture.md). */
const MAY_IMPORT: Record<string, string[]> = {
  base: [],
  pipeline: ['base'],
  plugins: ['pipeline', 'base'],
  secrets: ['pipeline', 'base'],
  workflows: ['pipeline', 'base'],
  db: ['base'],
  activities: ['plugins', 'pipeline', 'secrets', 'db', 'workflows', 'base'],
  temporal: ['pipeline', 'workflows', 'activities', 'db', 'base'],
  tasks: ['pipeline', 'plugins', 'secrets', 'db', 'temporal', 'workflows', 'base'],
  templates: ['pipeline', 'secrets', 'db', 'tasks', 'base'],
  schedules: ['pipeline', 'secrets', 'db', 'temporal', 'tasks', 'templates', 'workflows', 'base'],
  api: ['pipeline', 'plugins', 'secrets', 'db', 'temporal', 'tasks', 'templates', 'schedules', 'workflows', 'base'],
  cli: ['pipeline', 'secrets', 'api', 'db', 'temporal', 'tasks', 'schedules', 'base'],
  bench: ['pipeline', 'plugins', 'workflows', 'db', 'temporal', 'tasks', 'cli', 'base'],
};

/** Packages that a room may not use; `node:` stands for all of Node. */
const MAY_NOT_USE: Record<string, string[]> = {
  base: ['node:', '@temporalio', 'hono', '@hono', 'kysely', 'pg', 'zod'],
  pipeline: ['node:', '@temporalio', 'hono', '@hono', 'kysely', 'pg'],
  plugins: ['@temporalio', 'hono', '@hono', 'kysely', 'pg'],
  workflows: ['node:', 'zod', 'hono', '@hono', 'kysely', 'pg'],
  db: ['@temporalio', 'hono', '@hono'],
  api: ['@temporalio/client', '@temporalio/worker', '@temporalio/workflow', 'pg'],
};

interface Import {
  file: string;
  room: string;
  target: string;
}

describe('rooms', () => {
  const imports = ROOMS.flatMap(importsOf);

  it('are all spoken of', () => {
    expect(Object.keys(MAY_IMPORT).sort()).toEqual([...ROOMS].sort());
  });

  it('know only the rooms that the architecture lets them know', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .map(({ file, room, target }) => ({
        file,
        room,
        target: relative(ROOT, join(dirname(file), target)).split(sep)[0]!,
      }))
      .filter(({ room, target }) => target !== room && target in MAY_IMPORT && !MAY_IMPORT[room]!.includes(target));

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
    const users = ROOMS.filter((room) => room !== 'db')
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

function describeImport({ file, target }: Import): string {
  return `${relative(ROOT, file)} imports ${target}`;
}
