import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../../pipeline/language');

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** Packages in plain JavaScript. */
const PURE = /^(re2js|@noble\/hashes\/(legacy|sha2))$/;

describe('the language runs inside a workflow', () => {
  test.each(files(ROOT))('%s imports only itself and what needs nothing but the language', (file) => {
    const imports = [...readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1]!);

    expect(imports.filter((from) => !/^\.\.?\//.test(from) && !PURE.test(from))).toEqual([]);
  });

  test.each(files(ROOT))('%s reads no clock, no chance, no locale and evaluates no text', (file) => {
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');

    expect(code).not.toMatch(
      /\bDate\b|Math\.random|\bIntl\b|toLocale|localeCompare|\beval\(|new Function|\bprocess\b|\bglobalThis\b/,
    );
  });
});
