import fs from 'node:fs';
import path from 'node:path';
import { extract } from 'tar';

/**
 * Writes one file of an archive, zipped or not, into a folder; everything else in it is passed over.
 *
 * @param archive path of the archive
 * @param name the file's path in the archive, and then in the folder
 * @returns its whole path
 * @throws Error when the archive has no such file, ends early, or is none
 */
export async function extractFile(archive: string, name: string, folder: string): Promise<string> {
  const filter = (found: string) => path.normalize(found) === path.normalize(name);
  await extract({ file: archive, cwd: folder, filter, strict: true, preserveOwner: false });
  const target = path.join(folder, name);
  if (!fs.existsSync(target)) throw new Error(`the archive has no ${name}`);
  return target;
}
