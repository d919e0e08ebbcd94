import type { Alarm } from '../base/alarms';
import { countPutAside } from '../db/tasks';
import type { Services } from './services';

const PUT_ASIDE_WITHIN_MS = 24 * 3600 * 1000;

/** What people should look at though requests are served; what there is nothing of is left out. */
export interface Concerns {
  alarms?: Alarm[];
  /** Tasks of the last 24 hours that no worker could run. */
  put_aside?: number;
}

/** For `/readyz`: it never fails, as it says what is known. */
export async function concernsOf({ db, alarms }: Pick<Services, 'db' | 'alarms'>): Promise<Concerns> {
  const raised = alarms.list();
  const putAside = await countPutAside(db, new Date(Date.now() - PUT_ASIDE_WITHIN_MS)).catch(() => 0);
  return { ...(raised.length > 0 ? { alarms: raised } : {}), ...(putAside > 0 ? { put_aside: putAside } : {}) };
}
