import { batchUpdateProcess } from './batch-update-process';
import { createProcessEndpoint } from './create-process';
import { deleteProcessEndpoint } from './delete-process';
import { getProcessDetail } from './get-process-detail';
import { bindProcessModule, deleteProcessModuleBinding, getProcessBindModule } from './module-binding';
import { searchProcess } from './search-process';
import { updateProcess } from './update-process';

/** Processes and what they are bound to (cmdb §1). */
export const processEndpoints = [
  searchProcess,
  getProcessBindModule,
  bindProcessModule,
  deleteProcessModuleBinding,
  createProcessEndpoint,
  batchUpdateProcess,
  getProcessDetail,
  updateProcess,
  deleteProcessEndpoint,
];
