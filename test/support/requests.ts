import { endpoints } from '../../api/bk-sops';
import type { Endpoint } from '../../api/bk-sops/endpoint';
import { routesOf } from '../../api/bk-sops/routes';
import type { ApiClient } from './client';
import { sampleOf } from './samples';
import { sketch } from './trees';

/** A way to send an endpoint its request: every route, every method of it, every form of a body. */
export interface Way {
  style: 'app' | 'system' | 'esb';
  method: 'get' | 'post';
  carries: 'query' | 'json' | 'form';
}

export const named = endpoints.map((endpoint) => [endpoint.name, endpoint] as const);

/** All ways in which an endpoint is served. */
export function waysOf(endpoint: Endpoint): Way[] {
  return routesOf(endpoint).flatMap(({ style, methods }) =>
    methods.flatMap((method): Way[] =>
      (method === 'get' ? (['query'] as const) : (['json', 'form'] as const)).map((carries) => ({
        style,
        method,
        carries,
      })),
    ),
  );
}

export function describeWay({ style, method, carries }: Way): string {
  return `${method} ${style} ${carries}`;
}

/** A request with the id of an object of each kind in it, in a project. */
export function requestOf(endpoint: Endpoint, { project, object }: { project: number; object: number }) {
  const ids = Object.fromEntries(endpoint.path.map((id) => [id, id === 'bk_biz_id' ? project : object]));
  return { ids, fields: { ...sampleOf(endpoint, object), ...samples(object)[endpoint.name] } };
}

/** Sends an endpoint a request in one of the ways. */
export function sendBy(
  client: ApiClient,
  endpoint: Endpoint,
  { style, method, carries }: Way,
  { ids, fields }: { ids: Record<string, unknown>; fields: Record<string, unknown> },
  headers: Record<string, string> = {},
) {
  const inPath = endpoint.path.map((id) => `${ids[id]}/`).join('');
  const paths = {
    app: `/apigw/${endpoint.name}/${inPath}`,
    system: `/apigw/system/${endpoint.name}/${inPath}`,
    esb: `/api/c/compapi/v2/sops/${endpoint.name}/`,
  };
  const sent = style === 'esb' ? { ...fields, ...ids } : fields;
  const path = paths[style];
  if (carries === 'json') return client.post(path, sent, headers);
  if (carries === 'query') return client.send(method.toUpperCase(), `${path}?${formOf(sent)}`, undefined, headers);
  return client.send('POST', path, formOf(sent), {
    ...headers,
    'Content-Type': 'application/x-www-form-urlencoded',
  });
}

/** Fields as a form or a query has them: what is no text, as JSON. */
function formOf(fields: object): string {
  const texts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
  return `${new URLSearchParams(texts)}`;
}

/** For inputs of which a schema does not say enough: what to send instead, or not at all. */
function samples(object: number): Record<string, Record<string, unknown>> {
  return {
    fast_create_task: { name: 'own', pipeline_tree: sketch({ chains: ['S a E'] }) },
    create_template: { name: 'own', pipeline_tree: sketch({ chains: ['S a E'] }), template_labels: [object] },
    create_clocked_task: { task_name: 'own', plan_start_time: '2099-01-01 00:00:00' },
    create_task: { template_schemes_id: undefined },
    create_and_start_task: { template_schemes_id: undefined },
    preview_task_tree: { exclude_task_nodes_id: undefined },
    preview_common_task_tree: { exclude_task_nodes_id: undefined },
    preview_cron: { cron: { minute: '0', hour: '0', day_of_month: '1', month_of_year: '1' } },
    modify_template_executor_proxy: { executor_proxy: '' },
    query_task_count: { group_by: 'status', conditions: { keyword: '' } },
    modify_project_executor_proxy: { executor_proxy: '' },
    create_project: { name: 'own' },
    update_project: { name: 'own', new_bk_biz_id: undefined },
    register_project: { bk_biz_id: 7001 },
    // A `.dat` has the time of its export in it.
    export_project_template: { format: 'json' },
  };
}
