/** A user of a machine besides root; all of them are let in by the same key. */
export interface MachineUser {
  name: string;
  id: number;
  shell: string;
  home: string;
}

const FIRST_ID = 61_000;

/** The password of `asks`, whom sudo asks for it. */
export const PASSWORD = 'open sesame';
const PASSWORD_HASH =
  '$6$gantrymachines$y5bjkWZ4YNWCAFK6YImrYSsrRnnnyVaaBxN428x6FsgLOHktNksQ7yq4HbSC40CsKnEwS9Bkj8Ufpeq1xDIWW/';

/** Where a machine has the applets of busybox, by their names. */
export const BUSYBOX_FOLDER = '/opt/busybox';

const SHELLS: Readonly<Record<string, string>> = {
  dash: '/bin/dash',
  bash: '/bin/bash',
  busybox: `${BUSYBOX_FOLDER}/ash`,
  tcsh: '/bin/tcsh',
};

/**
 * `app` is nobody special; `deploy` may become anybody, `asks` may when it gives its password. The others have a login shell
 * by their name, or something odd about their home: `small` one of SMALL_HOME_KB, `noexec` one in which nothing can be
 * executed, `unwritable` one that belongs to root, and `homeless` none.
 */
export const USERS: readonly MachineUser[] = [
  ...['app', 'deploy', 'asks', ...Object.keys(SHELLS), 'small', 'noexec', 'unwritable', 'homeless'],
].map((name, index) => ({ name, id: FIRST_ID + index, shell: SHELLS[name] ?? '/bin/sh', home: `/home/${name}` }));

/** Where `homeless` would be at home is nothing. */
export const HAS_HOME = ({ name }: MachineUser) => name !== 'homeless';

/** Lines for the files of a machine's /etc: what they have already comes after ours. */
export const ACCOUNTS: Readonly<Record<'passwd' | 'shadow' | 'group' | 'sudoers', string>> = {
  passwd: [
    'root:x:0:0:root:/root:/bin/sh',
    ...USERS.map(({ name, id, home, shell }) => `${name}:x:${id}:${id}::${home}:${shell}`),
    '',
  ].join('\n'),
  // A star is no password, and unlike `!` it does not lock the account.
  shadow: [
    'root:*:19000::::::',
    ...USERS.map(({ name }) => `${name}:${name === 'asks' ? PASSWORD_HASH : '*'}:19000::::::`),
    '',
  ].join('\n'),
  group: ['root:x:0:', ...USERS.map(({ name, id }) => `${name}:x:${id}:`), ''].join('\n'),
  sudoers: 'root ALL=(ALL:ALL) ALL\ndeploy ALL=(ALL:ALL) NOPASSWD: ALL\nasks ALL=(ALL:ALL) ALL\n',
};
