/** Counts what happens, to say when it is too much within a while. */
export class Recent {
  #times: number[] = [];

  constructor(private readonly limit: { count: number; withinMs: number }) {}

  hasRoomFor(count: number, now = Date.now()): boolean {
    this.#times = this.#times.filter((time) => time > now - this.limit.withinMs);
    return this.#times.length + count <= this.limit.count;
  }

  add(count: number, now = Date.now()): void {
    for (let left = count; left > 0; left--) this.#times.push(now);
  }
}
