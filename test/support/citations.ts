/** A place of a specification that a text names: `bk-sops §7.4`. */
export interface Citation {
  /** A folder of docs/reference; undefined when the text does not say. */
  specification: string | undefined;
  /** `7.4`; empty when there is only the sign. */
  section: string;
}

/** What stands between two citations of which the second leaves the name out. */
const JOINED = /^(?:, |,? and |,? or | to )$/;

/**
 * All citations in a text, wherever its lines are broken.
 *
 * @param page of a specification: its own name is left out there, those of the others are not
 * @example citationsIn('(bk-sops §4.4, §7.2)') // sections 4.4 and 7.2 of bk-sops
 */
export function citationsIn(text: string, page?: { of: string; others: readonly string[] }): Citation[] {
  const flat = flowing(text);
  const citations: Citation[] = [];
  let end = -1;
  for (const match of flat.matchAll(/§(\d+(?:\.\d+)*)?/g)) {
    const before = flat.slice(0, match.index);
    const isJoined = end >= 0 && JOINED.test(before.slice(end));
    const name = /(?<![\w.-])([A-Za-z][\w-]*) $/.exec(before)?.[1];
    const own = page && !page.others.includes(name ?? '') ? page.of : name;
    const specification = isJoined ? citations.at(-1)!.specification : own;
    citations.push({ specification, section: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  return citations;
}

/** Of a specification, but of which? */
const UNNAMED = [
  /\bspec(?:ification)?(?:'s)?(?:\/[\w-]+\.md)?,? (?:section |sections |appendix |§)*\d[\d.]*/gi,
  /(?<!\w)sections? \d[\d.]*/gi,
  /\bappendix [A-Z]\b/gi,
];
/** Of pages that the project does not have. In code such words mean something else. */
const OUTSIDE = [
  /\(spec[,)][^)]{0,40}/gi,
  /\bdesign (?:section )?\d[\d.]*/gi,
  /\.\.\/shared\b[\w./-]*/g,
  /(?<![\w/.-])(?:design|practice|style|hosts|web)\.md\b/g,
];

/**
 * Words that cite something without saying what, or a page that the project does not have.
 *
 * @param prose what of the text is written for people
 */
export function deadCitations(text: string, prose = text): string[] {
  const [all, ours] = [flowing(text), flowing(prose)];
  return [
    ...UNNAMED.flatMap((pattern) => all.match(pattern) ?? []),
    ...OUTSIDE.flatMap((pattern) => ours.match(pattern) ?? []),
  ];
}

/** Pages of docs/ that a text names, each with the heading that it quotes after it: `docs/x.md, "Heading"`. */
export function pagesIn(text: string): { page: string; heading: string | undefined }[] {
  return [...flowing(text).matchAll(/\b(docs\/[\w/-]+\.md)(?:, "([^"]+)")?/g)].map(([, page, heading]) => ({
    page: page!,
    heading,
  }));
}

/** Links of a Markdown page to other places of the project: the file, empty for the page itself, and the anchor. */
export function linksIn(markdown: string): { file: string; anchor: string }[] {
  return [...markdown.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, file, anchor]) => ({
    file: file!,
    anchor: anchor ?? '',
  }));
}

/** Texts of the headings of a Markdown page. */
export function headingsIn(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading!.trim());
}

/** `7.4` of `7.4 Looking at tasks`, `7` of `7. HTTP API`. */
export function sectionOf(heading: string): string | undefined {
  return /^(\d+(?:\.\d+)*)\.? /.exec(heading)?.[1];
}

/** The anchor that a heading has on GitHub. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');
}

/** The comments of a program, one below the other. */
export function commentsIn(source: string): string {
  return (source.match(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm) ?? []).join('\n\n');
}

/** A text without its line breaks, and without what begins the lines of comments. */
function flowing(text: string): string {
  return text.replace(/[ \t]*\n[ \t]*(?:(?:\*(?!\/)|\/\/)[ \t]*)?/g, ' ');
}
