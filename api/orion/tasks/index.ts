import type { ServedEndpoint } from '../endpoint';
import { create } from './create';
import { detail } from './detail';
import { info, list } from './list';
import { flowLog, nodeLog } from './logs';
import { operations } from './operate';
import { nodeOperations } from './operate-node';

/** Tasks: rollouts as the original has them (orion §1.5). */
export const taskEndpoints: readonly ServedEndpoint[] = [
  create,
  list,
  info,
  detail,
  flowLog,
  nodeLog,
  ...operations,
  ...nodeOperations,
];
