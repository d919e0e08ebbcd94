import { z } from '@hono/zod-openapi';
import { bindProcess, listBindableModules, unbindProcess } from '../../../inventory/processes/bindings';
import { CODES } from '../codes';
import { defineEndpoint } from '../endpoint';
import { PROCESS } from '../models/process';
import { written } from '../schema';

const PROCESS_PATH = '/proc/module/{account}/{bk_biz_id}/{bk_process_id}';
const MODULE_PATH = `${PROCESS_PATH}/{bk_module_name}`;

/** The names of the modules of a business, and which of them a process is bound to (cmdb §6). */
export const getProcessBindModule = defineEndpoint({
  name: 'get_process_bind_module',
  method: 'get',
  path: PROCESS_PATH,
  needs: 'viewer',
  summary: 'The modules of the business by name, and those that the process is bound to',
  model: PROCESS,
  storeFailure: CODES.bindingStoreFailed,
  namesBadIds: true,
  input: z.object({}),
  data: z.array(
    z.object({
      bk_module_name: z.string(),
      set_num: z.number().int().describe('Sets with a module of this name'),
      is_bind: z.union([z.literal(0), z.literal(1)]),
    }),
  ),
  async run({ services, business, ids }) {
    const modules = await listBindableModules(services.db, business, ids.bk_process_id!);
    return {
      data: modules.map(({ name, setCount, isBound }) => ({
        bk_module_name: name,
        set_num: setCount,
        is_bind: isBound ? (1 as const) : (0 as const),
      })),
    };
  },
});

/** Binds a process to every module of a name (cmdb §6). */
export const bindProcessModule = defineEndpoint({
  name: 'bind_process_module',
  method: 'put',
  path: MODULE_PATH,
  needs: 'editor',
  summary: 'Bind a process to the modules of a name',
  model: PROCESS,
  storeFailure: CODES.bindFailed,
  input: z.looseObject({}),
  data: written,
  async run({ services, business, ids, names, actor }) {
    const binding = { processId: ids.bk_process_id!, moduleName: names.bk_module_name! };
    await bindProcess(services.db, business, binding, actor);
    return {};
  },
});

/** Takes a process from every module of a name (cmdb §6). */
export const deleteProcessModuleBinding = defineEndpoint({
  name: 'delete_process_module_binding',
  method: 'delete',
  path: MODULE_PATH,
  needs: 'editor',
  summary: 'Take a process from the modules of a name',
  model: PROCESS,
  storeFailure: CODES.unbindFailed,
  input: z.looseObject({}),
  data: written,
  async run({ services, business, ids, names, actor }) {
    const binding = { processId: ids.bk_process_id!, moduleName: names.bk_module_name! };
    await unbindProcess(services.db, business, binding, actor);
    return {};
  },
});
