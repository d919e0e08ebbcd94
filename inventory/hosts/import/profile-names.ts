import { shortened } from '../../../base/text';

/** As long as the name of a profile may be, with room for a number behind it. */
const MAX_LENGTH = 90;
const DEFAULT_PORT = 22;

/**
 * What a profile is called that an import makes.
 *
 * @example profileName({ loginUser: 'deploy', port: 2222, jumpName: 'bastion' }) // 'deploy, port 2222, over bastion'
 */
export function profileName({
  loginUser,
  port,
  jumpName,
}: {
  loginUser: string;
  port: number;
  jumpName: string | null;
}): string {
  const parts = [
    loginUser,
    ...(port === DEFAULT_PORT ? [] : [`port ${port}`]),
    ...(jumpName === null ? [] : [`over ${jumpName}`]),
  ];
  // What cannot be seen may be in the name of a host, not in that of a profile.
  return shortened(parts.join(', ').replace(/\p{C}/gu, '?'), MAX_LENGTH).trim();
}

/** A name that none of those is: with a number behind it where need be. */
export function unusedName(name: string, used: ReadonlySet<string>): string {
  let unused = name;
  for (let number = 2; used.has(unused); number += 1) unused = `${name} (${number})`;
  return unused;
}
