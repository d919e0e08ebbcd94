/** Probes of one user at once: each may keep a place of a worker, beside those of tasks, for two minutes. */
const MAX_OF_USER = 5;

/** Something that a user has under way. */
interface Place {
  /** Whether it has ended; undefined as long as somebody waits for it. */
  hasEnded?: () => Promise<boolean>;
}

/** Counts what users have under way, in this process. Who has too much waits until some of it has ended. */
export class OpenProbes {
  readonly #places = new Map<string, Set<Place>>();

  /** Takes a place, to be given back or left to what goes on; undefined when the user has too many. */
  async take(username: string): Promise<Place | undefined> {
    if (this.#of(username).size >= MAX_OF_USER) await this.#clear(username);
    const places = this.#of(username);
    if (places.size >= MAX_OF_USER) return undefined;
    const place: Place = {};
    this.#places.set(username, places.add(place));
    return place;
  }

  giveBack(username: string, place: Place): void {
    const places = this.#of(username);
    places.delete(place);
    if (places.size === 0) this.#places.delete(username);
  }

  #of(username: string): Set<Place> {
    return this.#places.get(username) ?? new Set();
  }

  /** Gives back the places of what has ended since nobody waits for it any more. */
  async #clear(username: string): Promise<void> {
    const asked = [...this.#of(username)].map(async (place) => {
      if (await place.hasEnded?.()) this.giveBack(username, place);
    });
    await Promise.all(asked);
  }
}
