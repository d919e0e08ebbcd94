import { TreeBuilder } from '../cli/tree-builder';
import type { Json } from '../pipeline/json';
import type { MeasuredShape } from './machine-cpu';

const ORDINARY = 'bench_noop';
const ROWS = 1_000;
const HOSTS = Array.from({ length: 20 }, (_, index) => `10.0.0.${index}`);

/** Pipelines as people write them, a kind of rendering each: what limits cost is what they must not notice. */
export function honestShapes(): MeasuredShape[] {
  return [
    line('references', 200, {
      address: '${address}',
      message: 'deploy ${version} to ${environment} by ${user}',
      job: { name: '${application}', hosts: ['${address}', '10.0.0.2'], options: { force: true, retries: 3 } },
    }),
    line('expressions', 200, {
      count: '${len(hosts)}',
      label: "${application.upper() + '-' + version.replace('.', '_')}",
      first: "${hosts[0].split('.')[-1]}",
      joined: "${','.join([h for h in hosts if not h.endswith('9')])}",
      rate: "${'%d of %05.2f' % (int(batch) * 2, 100 / 3)}",
    }),
    line('text of 4 KB', 100, { script: `${'echo ${version} # run on every host\n'.repeat(110)}` }),
    line('chained constants', 100, { greeting: '${greeting}', plain: '${greeting}, ${user}' }),
    line('table of 1,000 rows', 20, { first: '${table.ip[0]}', all: '${table.flat__ip}', name: '${table}' }),
    line('outputs', 200, { previous: '${result}', count: "${len(result['rows'])}" }),
    choices(100),
    subprocesses(50),
  ];
}

/** What the trees have as constants; every node gets `result` from the one that stands for all. */
function builder(): TreeBuilder {
  return new TreeBuilder()
    .constant('address', '10.0.0.1')
    .constant('application', 'web-shop')
    .constant('version', '1.24.3')
    .constant('environment', 'prod')
    .constant('user', 'admin')
    .constant('batch', 25)
    .constant('hosts', HOSTS)
    .constant('name', '${application}-${environment}')
    .constant('greeting', 'release of ${name} ${version}: ${len(hosts)} hosts')
    .constant('table', rows(), { custom_type: 'datatable' });
}

function rows(): Json {
  return Array.from({ length: ROWS }, (_, row) => ({
    ip: `10.0.${row >> 8}.${row & 255}`,
    name: `host-${row}`,
    note: 'rack 7, row 3',
  }));
}

function line(name: string, count: number, inputs: Record<string, Json>): MeasuredShape {
  const ids = Array.from({ length: count }, (_, index) => `n${index}`);
  const tree = builder().output('result', 'n0', 'result');
  for (const id of ids) tree.activity(id, ORDINARY, id === 'n0' ? {} : { inputs });
  return { name, nodes: count, tree: tree.chain('S', ...ids, 'E').build(), outputs: OUTPUTS };
}

const OUTPUTS = { result: { code: 0, rows: HOSTS.map((host) => ({ host, ok: true })) } };

/** Exclusive gateways in line, with conditions as they are found: texts, numbers, several joined. */
function choices(count: number): MeasuredShape {
  const tree = builder();
  let last = 'S';
  for (let index = 0; index < count; index++) {
    const [gateway, converge, taken, passedBy] = [`X${index}`, `C${index}`, `n${index}`, `m${index}`];
    const conditions = {
      [`${gateway}_${taken}`]: {
        evaluate: '"${environment}" == "prod" and ${batch} > 3 and "${user}" in ("admin", "ops")',
      },
      [`${gateway}_${passedBy}`]: { evaluate: '${len(hosts)} > 100 or "${environment}" == "test"' },
    };
    tree
      .gateway(gateway, 'ExclusiveGateway', { conditions, converge_gateway_id: converge })
      .gateway(converge, 'ConvergeGateway')
      .activity(taken, ORDINARY, { inputs: { message: '${version}' } })
      .activity(passedBy, ORDINARY)
      .chain(last, gateway, taken, converge)
      .chain(gateway, passedBy, converge);
    last = converge;
  }
  return { name: 'conditions', nodes: count, tree: tree.chain(last, 'E').build() };
}

/** Subprocesses in line that are given texts, lists and a table. */
function subprocesses(count: number): MeasuredShape {
  const tree = builder();
  const ids = Array.from({ length: count }, (_, index) => `s${index}`);
  for (const id of ids) {
    const child = new TreeBuilder()
      .constant('title', '${application} ${version}')
      .constant('targets', '${hosts}')
      .constant('machines', '${table}')
      .activity(`${id}a`, ORDINARY, { inputs: { title: '${title}', count: '${len(targets)}' } })
      .activity(`${id}b`, ORDINARY, { inputs: { targets: '${targets}' } })
      .chain('S', `${id}a`, `${id}b`, 'E')
      .build();
    tree.subprocess(id, child);
  }
  return { name: 'subprocess parameters', nodes: count * 2, tree: tree.chain('S', ...ids, 'E').build() };
}
