import { endpoints } from '../../api/bk-sops';
import { answerSchema } from '../../api/bk-sops/describe';
import { parseJson } from '../../base/json';

const schemas = new Map(endpoints.map((endpoint) => [endpoint.name, answerSchema(endpoint)]));

/**
 * Holds an answer against the description of its endpoint. Of other paths nothing is promised, nor of an answer without
 * a body (to a HEAD, or a 304).
 *
 * @throws Error when an answer is not what the endpoint's description promises
 */
export function requireDescribedText(path: string, text: string): void {
  if (text !== '' && schemaOf(path)) requireDescribed(path, parseJson(text));
}

/** The same of an answer that has been read. */
export function requireDescribed(path: string, answer: unknown): void {
  const { success, error } = schemaOf(path)?.safeParse(answer) ?? { success: true };
  if (!success) throw new Error(`${path} answered what its description does not have: ${error!.message}`);
}

function schemaOf(path: string) {
  const name = /^\/(?:apigw|api\/c\/compapi\/v2\/sops)\/(?:system\/)?([a-z_]+)/.exec(path)?.[1];
  return name === undefined ? undefined : schemas.get(name);
}
