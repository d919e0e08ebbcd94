/** What a plugin does by Postgres alone could not be done now: its attempt has not failed, it is made again. */
export class TryAgain extends Error {
  constructor(override readonly cause: unknown) {
    super('it is tried again', { cause });
  }
}
