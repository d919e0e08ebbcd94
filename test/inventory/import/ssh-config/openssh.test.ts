import fs from 'node:fs';
import path from 'node:path';
import { Notes } from '../../../../inventory/import/notes';
import { expandHostName } from '../../../../inventory/import/ssh-config/address';
import { SectionIndex } from '../../../../inventory/import/ssh-config/find';
import type { Jump } from '../../../../inventory/import/ssh-config/jumps';
import { readSections } from '../../../../inventory/import/ssh-config/sections';
import { jumpsOf } from '../../../../inventory/import/ssh-config/settings';
import { askOpenssh, opensshVersion, type SshAnswer } from '../../../support/openssh';
import { sshConfigOf } from '../../../support/ssh-configs';

const CONFIGS = 400;
/** Others than those that are written down, where there is an OpenSSH to ask. */
const FRESH = 150;
const RECORDED = path.join(__dirname, '../../../data/ssh-config/openssh.json');

interface Recorded {
  version: string;
  configs: { text: string; answers: [name: string, answer: SshAnswer][] }[];
}

/** Written anew with GANTRY_RECORD_OPENSSH=1. */
function recorded(): Recorded {
  if (process.env.GANTRY_RECORD_OPENSSH) {
    const found = { version: opensshVersion()!, configs: ask(0, CONFIGS) };
    const lines = found.configs.map((config) => `    ${JSON.stringify(config)}`).join(',\n');
    fs.writeFileSync(RECORDED, `{\n  "version": ${JSON.stringify(found.version)},\n  "configs": [\n${lines}\n  ]\n}\n`);
  }
  return JSON.parse(fs.readFileSync(RECORDED, 'utf8'));
}

function ask(firstSeed: number, count: number): Recorded['configs'] {
  return Array.from({ length: count }, (_none, number) => {
    const { text, names } = sshConfigOf(firstSeed + number);
    const answers = askOpenssh(text, names);
    return { text, answers: names.map((name, at) => [name, answers[at]!]) };
  });
}

/** What we take for a name, in the words of ssh. */
function ours(text: string, name: string): SshAnswer {
  const notes = new Notes();
  const index = new SectionIndex(readSections(text, notes));
  try {
    notes.requireRight();
  } catch {
    return { refused: true };
  }
  const settings = index.settingsOf(name);
  const { hostName, port, user } = settings;
  const hostname = (hostName ? expandHostName(hostName.value, name) : name)?.toLowerCase();
  if (hostname === undefined) return { refused: true };
  const list = jumpsOf(settings)?.value ?? [];
  const [command] = settings.ways.flatMap((way) => (way.kind === 'command' ? [way.said.value] : []));
  const last = list.at(-1);
  const goesToItself =
    last?.name === hostname && (last.port ?? 22) === (port?.value ?? 22) && (last.user ?? user?.value) === user?.value;
  if (goesToItself) return { loop: true };
  return {
    hostname,
    port: port?.value ?? 22,
    ...(user ? { user: user.value } : {}),
    ...(list.length > 0 ? { proxyjump: list.map(jumpText).join(',') } : {}),
    ...(list.length === 0 && command !== undefined && command !== 'none' ? { proxycommand: command } : {}),
  };
}

function jumpText({ name, port, user }: Jump): string {
  const host = name.includes(':') ? `[${name}]` : name;
  return `${user === undefined ? '' : `${user}@`}${host}${port === undefined ? '' : `:${port}`}`;
}

describe('an ssh configuration, compared with what OpenSSH makes of it', () => {
  const { configs, version } = recorded();

  it(`says of ${CONFIGS} generated ones what ${version.split(',')[0]} said`, () => {
    const said = configs.flatMap(({ text, answers }) => answers.map(([name, answer]) => ({ text, name, answer })));

    expect(configs).toHaveLength(CONFIGS);
    expect(said.map(({ text, name }) => ({ text, name, answer: ours(text, name) }))).toEqual(said);
  });

  it('was written down of configurations that use all there is', () => {
    const answers = configs.flatMap((config) => config.answers.map(([, answer]) => answer));
    const has = (key: string) => answers.filter((answer) => key in answer).length;

    for (const key of ['refused', 'loop', 'user', 'proxyjump', 'proxycommand'])
      expect([key, has(key) > 5]).toEqual([key, true]);
  });

  it('says of others what the OpenSSH says that is here, if there is one', () => {
    const found = opensshVersion() ? ask(CONFIGS, FRESH) : configs;

    const wrong = found.flatMap(({ text, answers }) =>
      answers.flatMap(([name, answer]) => {
        const own = ours(text, name);
        return JSON.stringify(own) === JSON.stringify(answer) ? [] : [{ text, name, answer, own }];
      }),
    );
    expect(wrong).toEqual([]);
  });
});
