import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { Pool } from 'pg';
import { readConfig } from '../cli/config';
import { reportReady, untilStopped } from '../cli/signals';
import { openPool } from '../db/connection';

/**
 * What an API costs that does nothing but the SQL: creates tasks without looking at their trees, and reads them. The
 * caller is looked up once, in one statement; texts are stored as they came.
 */
async function main(): Promise<void> {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  const { DATABASE_URL, GANTRY_HOST: hostname, GANTRY_PORT: port } = readConfig(process.env);
  const stopped = untilStopped();
  const pool = openPool(DATABASE_URL, { maxConnections: 20 });
  const app = new Hono();

  app.post('/create', async (context) => {
    const { name, pipeline_tree } = await context.req.json<{ name: string; pipeline_tree: object }>();
    const caller = await findCaller(pool, context.req.header('x-bkapi-authorization')!);
    const id = await createTask(pool, caller, name, JSON.stringify(pipeline_tree));
    return context.json({ result: true, data: { task_id: id, pipeline_tree } });
  });

  app.get('/detail/:id', async (context) => {
    await findCaller(pool, context.req.header('x-bkapi-authorization')!);
    const { rows } = await pool.query('select * from tasks join task_trees on task_id = id where id = $1', [
      context.req.param('id'),
    ]);
    return context.json({ result: true, data: rows[0] });
  });

  const server = serve({ fetch: app.fetch, hostname, port }, reportReady);
  await stopped;
  server.close();
  await pool.end();
}

interface Caller {
  username: string;
  project: number;
}

async function findCaller(pool: Pool, header: string): Promise<Caller> {
  const { bk_app_code, bk_username } = JSON.parse(header) as Record<string, string>;
  const { rows } = await pool.query<Caller>(
    `select users.name as username, projects.id as project
       from apps, users, projects join project_roles on project_id = projects.id
      where apps.code = $1 and users.name = $2 and username = users.name and projects.id = 1`,
    [bk_app_code, bk_username],
  );
  return rows[0]!;
}

async function createTask(pool: Pool, { username, project }: Caller, name: string, tree: string): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query<{ id: number }>(
      `insert into tasks (project_id, name, description, category, flow_type, current_flow, create_method,
         template_source, root_node_id, creator)
       values ($1, $2, '', 'Default', 'common', 'execute_task', 'api', 'onetime', '', $3) returning id`,
      [project, name, username],
    );
    const { id } = rows[0]!;
    await client.query('insert into task_trees (task_id, tree) values ($1, $2)', [id, tree]);
    await client.query('insert into task_programs (task_id, program) values ($1, $2)', [id, tree]);
    await client.query(
      `insert into audit_records (project_id, app_code, username, action, task_id) values ($1, 'bench', $2, 'create', $3)`,
      [project, username, id],
    );
    await client.query('commit');
    return id;
  } finally {
    client.release();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  },
);
