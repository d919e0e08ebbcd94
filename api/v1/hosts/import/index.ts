import { answerOnce } from '../../../../access/once';
import { may } from '../../../../access/permission';
import { importHosts, previewImport } from '../../../../inventory/hosts/import/import';
import { inventoryOf } from '../../../inventory-of';
import { inventoryReader } from '../../../inventory-text/reader';
import { defineEndpoint } from '../../endpoint';
import { keyedBy } from '../../keyed';
import { importBody, imported } from './schema';
import { showImport } from './show';

/** Adds the hosts of an inventory, or says what that would do. */
export const importHostsEndpoint = defineEndpoint({
  name: 'import_hosts',
  method: 'post',
  path: '/projects/{project_id}/hosts/import',
  needs: 'editor',
  summary: 'Add the hosts of an inventory and change those that are there, or say what that would do',
  input: importBody,
  data: imported,
  async run(call, { format, text, is_preview: isPreview }) {
    const { services, project, actor, caller } = call;
    const place = inventoryOf(project);
    // What only says something need not be done once: its key stays free for the import itself.
    const request = isPreview ? undefined : keyedBy(call, 'import_hosts', { format, text });
    const wanted = { inventory: await inventoryReader.read(format, text), maySaySsh: may(caller, 'admin', project) };
    if (isPreview) return { data: showImport(await previewImport(services.db, place, wanted, actor), { isPreview }) };
    const data = await answerOnce(services.db, request, async (tx) =>
      showImport(await importHosts(tx, place, wanted, actor), { isPreview }),
    );
    return { data };
  },
});
