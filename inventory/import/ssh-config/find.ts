import { requireSize } from '../size';
import { isGlob, matchesGlob } from './glob';
import type { Section } from './sections';
import { fillIn, type Settings } from './settings';

/** Of names with patterns, in all. */
const MAX_COMPARISONS = 5_000_000;

/** The settings of names, of which each comes from the first section that is for the name and says it. */
export class SectionIndex {
  readonly #byName = new Map<string, number[]>();
  readonly #withGlobs: { index: number; globs: string[] }[] = [];
  #comparisons = 0;

  constructor(private readonly sections: readonly Section[]) {
    for (const [index, { patterns }] of sections.entries()) {
      for (const name of new Set(patterns.filter((pattern) => !isGlob(pattern)))) {
        const others = this.#byName.get(name);
        if (others) others.push(index);
        else this.#byName.set(name, [index]);
      }
      const globs = patterns.filter(isGlob);
      if (globs.length > 0) this.#withGlobs.push({ index, globs });
    }
  }

  /** @throws GantryError `too_large` */
  settingsOf(name: string): Settings {
    const settings: Settings = { ways: [] };
    const found = new Set(this.#byName.get(name));
    for (const { index, globs } of this.#withGlobs) if (this.#matchesSome(name, globs)) found.add(index);
    for (const index of [...found].sort((one, other) => one - other)) {
      if (!this.isExcepted(name, index)) fillIn(settings, this.sections[index]!.settings);
    }
    return settings;
  }

  /** Whether a section is not for a name although it names it. */
  isExcepted(name: string, index: number): boolean {
    return this.#matchesSome(name, this.sections[index]!.except);
  }

  #matchesSome(name: string, globs: readonly string[]): boolean {
    this.#comparisons += globs.length;
    requireSize('comparisons of names with patterns', this.#comparisons, MAX_COMPARISONS);
    return globs.some((glob) => matchesGlob(name, glob));
  }
}
