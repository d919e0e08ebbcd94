import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import {
  anchorOf,
  citationsIn,
  commentsIn,
  deadCitations,
  headingsIn,
  linksIn,
  pagesIn,
  sectionOf,
} from './support/citations';

const ROOT = join(__dirname, '..');
const REFERENCE = join(ROOT, 'docs', 'reference');

/** Not ours to read, or made of what is. */
const SKIPPED = new Set(['node_modules', 'dist', 'coverage']);
/** Recorded elsewhere. */
const RECORDED = [join('test', 'data'), join('test', 'histories')];
/** What is tried out here is no citation. */
const ABOUT_CITATIONS = [join('test', 'citations.test.ts'), join('test', 'support', 'citations.ts')];

interface Page {
  path: string;
  text: string;
  isMarkdown: boolean;
}

describe('citations', () => {
  const pages = pathsIn(ROOT).map((path): Page => {
    return { path, text: readFileSync(join(ROOT, path), 'utf8'), isMarkdown: extname(path) === '.md' };
  });
  const sections = sectionsBySpecification(pages);
  const pageOf = (path: string) => {
    const of = homeOf(path);
    return of === undefined ? undefined : { of, others: [...sections.keys()].filter((name) => name !== of) };
  };

  it('are looked for in the whole project', () => {
    const cited = pages.filter(({ text }) => citationsIn(text).length > 0).map(({ path }) => path.split(sep)[0]);

    expect(cited).toEqual(expect.arrayContaining(['api', 'docs', 'pipeline']));
    expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', join('scripts', 'start.js')]));
  });

  it('of specifications lead to a section that exists', () => {
    const dead = pages.flatMap(({ path, text }) =>
      citationsIn(text, pageOf(path))
        .filter(({ specification = '', section }) => !sections.get(specification)?.includes(section))
        .map(({ specification = '?', section }) => `${path}: ${specification} §${section}`),
    );

    expect(dead).toEqual([]);
  });

  it('say of which specification they are, and name no page that the project does not have', () => {
    const dead = pages.flatMap(({ path, text, isMarkdown }) =>
      deadCitations(text, isMarkdown ? text : commentsIn(text)).map((words) => `${path}: ${words}`),
    );

    expect(dead).toEqual([]);
  });

  it('of other pages lead to a page, and a heading, that exists', () => {
    const dead = pages.flatMap(({ path, text }) =>
      pagesIn(text)
        .filter(({ page, heading }) => !isThere(join(ROOT, page), (known) => known === heading, heading))
        .map(({ page, heading }) => `${path}: ${page}${heading === undefined ? '' : `, "${heading}"`}`),
    );

    expect(dead).toEqual([]);
  });

  it('that are links lead to a file, and an anchor, that exists', () => {
    const dead = pages
      .filter(({ isMarkdown }) => isMarkdown)
      .flatMap(({ path, text }) =>
        linksIn(text)
          .filter(({ file, anchor }) => {
            const target = file === '' ? join(ROOT, path) : join(ROOT, dirname(path), file);
            return !isThere(target, (known) => anchorOf(known) === anchor, anchor || undefined);
          })
          .map(({ file, anchor }) => `${path}: ${file}#${anchor}`),
      );

    expect(dead).toEqual([]);
  });

  it('can be told apart: each section of a specification has its number alone, and stands in its place', () => {
    for (const [specification, numbers] of sections) {
      expect(new Set(numbers).size).toBe(numbers.length);
      for (const number of numbers) {
        // `7.4` stands on the page of `7`.
        const parent = number.split('.').slice(0, -1).join('.');
        expect([specification, parent === '' || numbers.includes(parent), number]).toEqual([
          specification,
          true,
          number,
        ]);
      }
    }
  });
});

describe('a citation', () => {
  const cited = (text: string, page?: Parameters<typeof citationsIn>[1]) =>
    citationsIn(text, page).map(({ specification, section }) => `${specification} ${section}`);

  it.each([
    ['(bk-sops §7.4)', ['bk-sops 7.4']],
    ['as bk-sops §7.4 has it', ['bk-sops 7.4']],
    ['(bk-sops §4.4, §7.2)', ['bk-sops 4.4', 'bk-sops 7.2']],
    ['bk-sops §1 and §2.1; orion §3', ['bk-sops 1', 'bk-sops 2.1', 'orion 3']],
    ['(bk-sops §7.2 to §7.4)', ['bk-sops 7.2', 'bk-sops 7.4']],
    ['/**\n * of nodes (bk-sops\n * §6.2, §6.3).\n */', ['bk-sops 6.2', 'bk-sops 6.3']],
    ['// of nodes bk-sops\n// §6.2', ['bk-sops 6.2']],
    ['(§7.4)', ['undefined 7.4']],
    ['bk-sops §', ['bk-sops ']],
    ['version 7.4 of bk-sops', []],
  ])('is found in %j', (text, found) => {
    expect(cited(text)).toEqual(found);
  });

  it('needs no name on the pages of its specification', () => {
    const page = { of: 'orion', others: ['bk-sops'] };

    expect(cited('told in §6.2, and see bk-sops §7.4, §7.5', page)).toEqual([
      'orion 6.2',
      'bk-sops 7.4',
      'bk-sops 7.5',
    ]);
  });

  it.each([
    ['as the spec 7.4 has it', ['spec 7.4']],
    ['(spec section 10)', ['spec section 10', 'section 10']],
    ['(spec\n * 7.4)', ['spec 7.4']],
    ['(spec, its own marks)', ['(spec, its own marks']],
    ['the replaced ids (section 3)', ['section 3']],
    ['Spec appendix C', ['appendix C']],
    ['(design section 4)', ['section 4', 'design section 4']],
    ['(design 3.8)', ['design 3.8']],
    ['see ../shared/practice.md', ['../shared/practice.md']],
    ['practice.md says', ['practice.md']],
    ['bk-sops §7.4, docs/web.md and a section of 10 lines', []],
  ])('is dead in %j', (text, words) => {
    expect(deadCitations(text)).toEqual(words);
  });

  it('of another place is one in comments only, of no place also in what programs say', () => {
    const source =
      "const peers = '../shared/peers'; // ../shared/a\n/** design 2 */\nrun((spec) => 'spec 3'); // design 4";

    expect(deadCitations(source, commentsIn(source))).toEqual(['spec 3', 'design 2', 'design 4', '../shared/a']);
  });
});

/** Sections by the name of their specification, in the order of the pages. */
function sectionsBySpecification(pages: readonly Page[]): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  for (const { path, text } of pages) {
    const specification = homeOf(path);
    if (specification === undefined) continue;
    const found = headingsIn(text).flatMap((heading) => sectionOf(heading) ?? []);
    sections.set(specification, [...(sections.get(specification) ?? []), ...found]);
  }
  return sections;
}

/** The specification whose page this is. */
function homeOf(path: string): string | undefined {
  const [specification, ...below] = relative(REFERENCE, join(ROOT, path)).split(sep);
  if (specification === undefined || specification === '..' || specification === 'README.md') return undefined;
  return below.length > 0 ? specification : basename(specification, '.md');
}

function isThere(file: string, isWanted: (heading: string) => boolean, wanted: string | undefined): boolean {
  if (!existsSync(file)) return false;
  return wanted === undefined || headingsIn(readFileSync(file, 'utf8')).some(isWanted);
}

function pathsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = relative(ROOT, join(folder, entry.name));
    if (SKIPPED.has(entry.name) || entry.name.startsWith('.') || RECORDED.includes(path)) return [];
    if (entry.isDirectory()) return pathsIn(join(folder, entry.name));
    const isText = /^\.(?:ts|tsx|js|md)$/.test(extname(basename(path)));
    return isText && !ABOUT_CITATIONS.includes(path) ? [path] : [];
  });
}
