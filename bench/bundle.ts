import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { dataConverter } from '../temporal/codec';

/** Bundles the bench's workflows with the product's, so that all arms run in the same bundle. Returns the file. */
export async function bundleWorkflows(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('./workflows'),
    payloadConverterPath: dataConverter.payloadConverterPath,
    preloadModules: [require.resolve('../pipeline/machine')],
    logger: new DefaultLogger('ERROR'),
  });
  const file = join(folder, 'bench-workflows.js');
  writeFileSync(file, code);
  return file;
}
