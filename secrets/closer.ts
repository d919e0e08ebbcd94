import { MASK } from '../base/sealed-text';
import { type ByteRun, base64Runs, foldByte, hexRuns } from './byte-runs';
import { codeUnits, type Folded, fold } from './fold';
import { type Match, Matcher } from './matcher';
import { Spans } from './spans';
import { type Decoder, decodeEntities, decodeEscapes, decodePercent, endOf, startOf, type View, viewOf } from './views';

/** Shorter ones stand in too many innocent texts: they are only taken out where they are the whole text. */
const SHORTEST_IN_TEXT = 4;
/** Bytes of one that is looked for inside of longer encoded ones; shorter ones are where they are all that is encoded. */
const SHORTEST_IN_BYTES = 8;

/** What is undone, and what may have been done before that. */
const DECODERS: readonly [Decoder, readonly Decoder[]][] = [
  [decodePercent, [decodePercent]],
  [decodeEscapes, [decodeEscapes, decodePercent, decodeEntities]],
  [decodeEntities, [decodeEntities]],
];

/** What stands for a secret; given the secret as it is. */
export type Replacement = (secret: string) => string;

/**
 * Takes secrets out of texts: as they are, in another case, URL-encoded, with the escapes of JSON or the entities of HTML,
 * in hex and in base64, also of a longer text around them. Best effort, as all masking by value; its time grows with the
 * text alone.
 */
export class Closer {
  readonly #texts: Matcher;
  readonly #bytes: Matcher;
  /** Of the byte patterns. */
  readonly #minBytes: number;

  /** The secrets, and after them those that have blanks around them without these: on their way they often get lost. */
  readonly #forms: readonly string[];

  constructor(private readonly secrets: readonly string[]) {
    const known = new Set(secrets);
    const trimmed = secrets.map((secret) => secret.trim()).filter((form) => form !== '' && !known.has(form));
    this.#forms = [...secrets, ...new Set(trimmed)];
    this.#texts = new Matcher(this.#forms.map((form) => ({ units: fold(codeUnits(form)).units })));
    const bytes = this.#forms.filter((secret) => secret.length >= SHORTEST_IN_TEXT).flatMap(byteForms);
    this.#bytes = new Matcher(bytes.map((form) => ({ units: Uint16Array.from(form, foldByte) })));
    this.#minBytes = bytes.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY);
  }

  /**
   * @param replace for a secret that stands there as it is; whatever else shows one is masked
   */
  close(text: string, replace: Replacement): string {
    const spans = new Spans();
    const view = viewOf(text);
    return this.#closeView(view, text, spans, replace) ? spans.apply(text, MASK) : MASK;
  }

  /** Where a text can be cut at a place or after it, so that no secret is cut in two. */
  cutAt(text: string, at: number): number {
    const spans = new Spans();
    return this.#closeView(viewOf(text), text, spans) ? spans.endAcross(at) : text.length;
  }

  /** Whether the search came to its end: otherwise anything may be in the text. */
  #closeView(view: View, text: string, spans: Spans, replace?: Replacement): boolean {
    if (!this.#closeUnits(view, text, spans, replace) || !this.#closeBytes(view, spans)) return false;
    for (const [decode, inner] of DECODERS) {
      const decoded = decode(view);
      if (!decoded) continue;
      if (!this.#closeUnits(decoded, text, spans) || !this.#closeBytes(decoded, spans)) return false;
      for (const again of inner) {
        const twice = again(decoded);
        if (twice && !this.#closeUnits(twice, text, spans)) return false;
      }
    }
    return true;
  }

  /** @param replace only in the text itself: what is encoded is masked */
  #closeUnits(view: View, text: string, spans: Spans, replace?: Replacement): boolean {
    const folded = fold(view.units);
    return this.#texts.search(folded.units, (match) => {
      const { start, end } = placeOf(view, folded, match);
      const secret = this.#forms[match.pattern]!;
      const isWhole = match.pattern < this.secrets.length && end - start === secret.length;
      if (secret.length < SHORTEST_IN_TEXT && (start > 0 || end < text.length)) return false;
      if (replace && isWhole && text.startsWith(secret, start)) {
        spans.replace(start, end, replace(secret));
      } else spans.cover(start, end);
      return true;
    });
  }

  #closeBytes(view: View, spans: Spans): boolean {
    if (this.#minBytes > view.units.length) return true;
    for (const run of hexRuns(view, this.#minBytes)) if (!this.#closeRun(run, spans, 1)) return false;
    for (const run of base64Runs(view, this.#minBytes))
      if (!this.#closeRun(run, spans, SHORTEST_IN_BYTES)) return false;
    return true;
  }

  #closeRun(run: ByteRun, spans: Spans, shortest: number): boolean {
    return this.#bytes.search(run.bytes, ({ start, end }) => {
      const isAll = run.isFromStart && start === 0 && end === run.bytes.length;
      if (end - start < shortest && !isAll) return false;
      const place = run.place(start, end);
      spans.cover(place.start, place.end);
      return true;
    });
  }
}

function placeOf(view: View, { from }: Folded, { start, end }: Match): { start: number; end: number } {
  const first = from ? from[start]! : start;
  const last = from ? from[end - 1]! : end - 1;
  return { start: startOf(view, first), end: endOf(view, last) };
}

/** The bytes that programs make of a text. */
function byteForms(secret: string): Buffer[] {
  const forms = [Buffer.from(secret, 'utf8'), Buffer.from(secret, 'utf16le')];
  const latin = Buffer.from(secret, 'latin1');
  if (latin.toString('latin1') === secret && !latin.equals(forms[0]!)) forms.push(latin);
  return forms;
}
