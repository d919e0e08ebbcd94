import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { writeFileAtomic } from './files';
import type { Home } from './home';
import { say } from './output';

/**
 * Postgres refuses to run as root. As root we run it as the system user `postgres` (made when missing), and that user
 * must be able to reach the binaries and the data: a clone or home below a 0700 folder (/root, mktemp -d) is closed to it.
 */
export interface PostgresUser {
  uid: number;
  gid: number;
}

/** Where root puts what the postgres user cannot reach in its own place. */
const SHARED_FOLDER = '/var/lib/gantry';

/** The user to run Postgres as, or undefined when we are not root and run it ourselves. */
export function postgresUser(): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const known = lookUp();
  if (known) return known;
  try {
    execFileSync('groupadd', ['--system', '--force', 'postgres'], { stdio: 'pipe' });
    execFileSync('useradd', ['--system', '--no-create-home', '--gid', 'postgres', 'postgres'], { stdio: 'pipe' });
  } catch (error) {
    throw new Error(
      'Postgres does not run as root, and the user `postgres` could not be made. Make it, run as another user, or set DATABASE_URL.',
      { cause: error },
    );
  }
  const made = lookUp();
  if (!made) throw new Error('The user `postgres` was made but is not found');
  return made;
}

function lookUp(): PostgresUser | undefined {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/**
 * The folder that holds the data folder: `postgres/` in the home; where the postgres user cannot get there, a random one
 * below /var/lib/gantry whose name is kept in the home.
 */
export function clusterFolder(home: Home, user: PostgresUser | undefined): string {
  const pointer = pointerFile(home);
  let folder = path.join(home.folder, 'postgres');
  if (fs.existsSync(pointer)) {
    folder = fs.readFileSync(pointer, 'utf8').trim();
  } else if (user && !fs.existsSync(path.join(folder, 'data')) && !isReachable(home.folder, user)) {
    folder = path.join(SHARED_FOLDER, `data-${randomBytes(6).toString('hex')}`);
    say(`the user postgres cannot enter ${home.folder}: the database goes to ${folder}`);
    writeFileAtomic(pointer, `${folder}\n`);
  }
  fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (user) fs.chownSync(folder, user.uid, user.gid);
  fs.chmodSync(folder, 0o700);
  return folder;
}

/** The data folder of this home, whether it is there or not. */
export function clusterDataFolder(home: Home): string {
  const pointer = pointerFile(home);
  const folder = fs.existsSync(pointer) ? fs.readFileSync(pointer, 'utf8').trim() : path.join(home.folder, 'postgres');
  return path.join(folder, 'data');
}

function pointerFile(home: Home): string {
  return path.join(home.folder, 'postgres-folder');
}

/** Removes a throw-away home, with the database that may live elsewhere. */
export function removeHome(home: Home): void {
  if (fs.existsSync(pointerFile(home))) {
    fs.rmSync(fs.readFileSync(pointerFile(home), 'utf8').trim(), { recursive: true, force: true });
  }
  fs.rmSync(home.folder, { recursive: true, force: true });
}

/**
 * The folder with Postgres' bin/, lib/ and share/: the installed package, or a copy of it that the postgres user can reach.
 *
 * @param native the folder in the package
 * @param version the package's version, as one copy per version is kept
 */
export function reachableBinaries(native: string, version: string, user: PostgresUser | undefined): string {
  if (!user || isReachable(path.join(native, 'bin', 'postgres'), user)) return native;
  const copy = path.join(SHARED_FOLDER, `postgres-${version}`);
  if (fs.existsSync(copy)) return copy;
  say(`the user postgres cannot enter ${native}: copying it to ${copy} (once)`);
  const temporary = `${copy}.${randomBytes(4).toString('hex')}.new`;
  fs.mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  fs.cpSync(native, temporary, { recursive: true, verbatimSymlinks: true });
  try {
    fs.renameSync(temporary, copy);
  } catch (error) {
    fs.rmSync(temporary, { recursive: true, force: true });
    if (!fs.existsSync(copy)) throw error; // Otherwise another start was quicker, with the same content.
  }
  return copy;
}

/** Whether the user may pass every folder on the way to `target` and into it. */
function isReachable(target: string, user: PostgresUser): boolean {
  for (let place = fs.realpathSync(target); ; place = path.dirname(place)) {
    const { mode, uid, gid } = fs.statSync(place);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (place === path.dirname(place)) return true;
  }
}
