import type { Context } from 'hono';
import type { Metrics } from './metrics';
import { mayReadMetrics } from './who-may';

export { Metrics } from './metrics';

const REFUSAL = {
  local:
    'metrics are for this machine alone, not through a proxy; set GANTRY_METRICS_TOKEN to read them from elsewhere\n',
  token: 'metrics are read with Authorization: Bearer and the GANTRY_METRICS_TOKEN of this process\n',
};

/** `GET /metrics`, in the words of Prometheus. */
export function answerMetrics(metrics: Metrics, token: string) {
  return async function answer(context: Context): Promise<Response> {
    if (!mayReadMetrics(context, token)) return context.text(token === '' ? REFUSAL.local : REFUSAL.token, 403);
    const { text, contentType } = await metrics.read();
    return context.body(text, 200, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
  };
}
