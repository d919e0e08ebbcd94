import { z } from '@hono/zod-openapi';
import type { SetBranch } from '../../../inventory/topology/branches';
import { type BusinessTree, readTree } from '../../../inventory/topology/tree';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import type { Language } from '../language';

const OBJECTS = {
  biz: { zh: '业务', en: 'business' },
  set: { zh: '集群', en: 'set' },
  module: { zh: '模块', en: 'module' },
} as const;

const node = {
  bk_obj_id: z.enum(['biz', 'set', 'module']),
  bk_obj_name: z.string(),
  bk_inst_id: z.number().int(),
  bk_inst_name: z.string(),
  default: z.number().int().describe('1: idle, 2: fault'),
};
const leaf = z.object({ ...node, host_count: z.number().int(), child: z.array(z.unknown()).max(0) });
const branch = z.object({ ...node, child: z.array(leaf) });
const root = z.object({ ...node, child: z.array(branch) });

/** A business with its sets and modules as a tree (cmdb §7). */
export const getInstTopo = defineEndpoint({
  name: 'get_inst_topo',
  method: 'get',
  path: '/topo/inst/{account}/{bk_biz_id}',
  needs: 'viewer',
  summary: 'The tree of a business: its sets, that of idle modules first, and their modules',
  storeFailure: CODES.selectFailed,
  input: z.looseObject({}),
  data: z.array(root).describe('The business alone, with what is in it'),
  async run({ services, business, language }) {
    const tree = await readTree(services.db, business);
    const nodeOf = nodesIn(language);
    const child = tree.sets.map((set) => ({ ...nodeOf('set', set), child: modulesOf(tree, set, nodeOf) }));
    return { data: [{ ...nodeOf('biz', { ...tree.business, kind: 0 }), child }] };
  },
});

type NodeOf = ReturnType<typeof nodesIn>;

function nodesIn(language: Language) {
  return <T extends keyof typeof OBJECTS>(
    object: T,
    { id, name, kind }: { id: number; name: string; kind: number },
  ) => ({
    bk_obj_id: object,
    bk_obj_name: OBJECTS[object][language],
    bk_inst_id: id,
    bk_inst_name: name,
    default: kind,
  });
}

function modulesOf({ hostCounts }: BusinessTree, { modules }: SetBranch, nodeOf: NodeOf) {
  return modules.map((module) => ({
    ...nodeOf('module', module),
    host_count: hostCounts.get(module.id) ?? 0,
    child: [],
  }));
}
