import { endpoints } from '../../api/bk-sops';
import { answerSchema } from '../../api/bk-sops/describe';

const schemas = new Map(endpoints.map((endpoint) => [endpoint.name, answerSchema(endpoint)]));

/** @throws Error when an answer is not what the endpoint's description promises; of other paths nothing is promised */
export function requireDescribed(path: string, answer: unknown): void {
  const name = /^\/(?:apigw|api\/c\/compapi\/v2\/sops)\/(?:system\/)?([a-z_]+)/.exec(path)?.[1];
  const schema = name === undefined ? undefined : schemas.get(name);
  const { success, error } = schema?.safeParse(answer) ?? { success: true };
  if (!success) throw new Error(`${path} answered what its description does not have: ${error!.message}`);
}
