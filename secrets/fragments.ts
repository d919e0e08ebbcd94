import { fold } from './fold';
import { decodeEntities, decodeEscapes, decodePercent, viewOf } from './views';

/** Characters in a row that a message and a secret may not share. */
const PIECE = 4;

/** All pieces of some secrets. */
export class Fragments {
  readonly #pieces = new Set<string>();

  constructor(secrets: readonly string[]) {
    for (const secret of secrets)
      for (const piece of piecesOf(foldedText(viewOf(secret).units))) this.#pieces.add(piece);
  }

  /** Whether a text has one of the pieces in it, also URL-encoded or escaped. */
  standIn(text: string): boolean {
    const view = viewOf(text);
    const decoded = [decodePercent, decodeEscapes, decodeEntities].flatMap((decode) => decode(view) ?? []);
    return [view, ...decoded].some(({ units }) => piecesOf(foldedText(units)).some((piece) => this.#pieces.has(piece)));
  }
}

function foldedText(units: Uint16Array): string {
  return Buffer.from(Uint16Array.from(fold(units).units).buffer).toString('utf16le');
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.max(0, text.length - PIECE + 1) }, (_, at) => text.slice(at, at + PIECE));
}
