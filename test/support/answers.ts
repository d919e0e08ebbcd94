import { endpoints as ofSops } from '../../api/bk-sops';
import { answerSchema as schemaOfSops } from '../../api/bk-sops/describe';
import { endpoints as ofCmdb } from '../../api/cmdb';
import { answerSchema as schemaOfCmdb } from '../../api/cmdb/describe';
import { orion } from '../../api/orion';
import { answerSchema as schemaOfOrion } from '../../api/orion/describe';
import { endpoints as ofV1 } from '../../api/v1';
import { answerSchema as schemaOfV1 } from '../../api/v1/describe';
import { parseJson } from '../../base/json';

type Schema = ReturnType<typeof schemaOfSops | typeof schemaOfCmdb | typeof schemaOfOrion | typeof schemaOfV1>;

const ofNames = new Map(ofSops.map((endpoint) => [endpoint.name, schemaOfSops(endpoint)]));
/** In the order in which they are served. */
const ofPaths = [
  ...ofCmdb.map((endpoint) => described(endpoint, '/api/v3', schemaOfCmdb(endpoint))),
  // Streams of events are no one text.
  ...ofV1.filter(({ events }) => !events).map((endpoint) => described(endpoint, '/api/v1', schemaOfV1(endpoint))),
  // Of any verb.
  ...orion.endpoints.map(({ paths: [path = ''], ...endpoint }) =>
    described({ method: undefined, path }, '', schemaOfOrion(endpoint)),
  ),
];

/**
 * Holds an answer against the description of its endpoint. Of other paths nothing is promised, nor of an answer without
 * a body (to a HEAD, or a 304).
 *
 * @throws Error when an answer is not what the endpoint's description promises
 */
export function requireDescribedText(path: string, text: string, method?: string): void {
  if (text !== '' && schemaOf(path, method)) requireDescribed(path, parseJson(text), method);
}

/** The same of an answer that has been read. */
export function requireDescribed(path: string, answer: unknown, method?: string): void {
  const { success, error } = schemaOf(path, method)?.safeParse(answer) ?? { success: true };
  if (!success) throw new Error(`${path} answered what its description does not have: ${error!.message}`);
}

function schemaOf(path: string, method = 'POST'): Schema | undefined {
  const name = /^\/(?:apigw|api\/c\/compapi\/v2\/sops)\/(?:system\/)?([a-z_]+)/.exec(path)?.[1];
  if (name !== undefined) return ofNames.get(name);
  const [plain = ''] = path.split('?');
  return ofPaths.find((one) => (one.method ?? method.toLowerCase()) === method.toLowerCase() && one.pattern.test(plain))
    ?.schema;
}

function described({ method, path }: { method: string | undefined; path: string }, prefix: string, schema: Schema) {
  return { method, schema, pattern: new RegExp(`^${prefix}${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`) };
}
