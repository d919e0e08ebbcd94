import { createModuleEndpoint } from './create-module';
import { deleteModule } from './delete-module';
import { searchModule } from './search-module';
import { updateModule } from './update-module';

/** Modules (cmdb §7). */
export const moduleEndpoints = [searchModule, createModuleEndpoint, updateModule, deleteModule];
