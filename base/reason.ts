/** What the arguments of each reason are: flat, so that a family can put them into texts of its own, in any language. */
interface ReasonArgs {
  /** A field or header that has to be there, or may not be empty. */
  required: { field: string };
  /** A field whose value is of another form than it has to be: another type, or none of the values that there are. */
  malformed: { field: string; wanted?: 'text' | 'integer' | 'boolean' | 'choice' | 'pattern' | 'ids' };
  /** A field that there is not, or that cannot be given here. */
  unknown: { field: string };
  out_of_range: { field: string; min: number; max: number };
  /** More of something than may be at once. */
  too_many: { field: string; max: number };
  /** What was sent in a form that is not read here. */
  unreadable: { what: string };
  too_long: { field: string; max: number };
  too_large: { what: string; bytes: number; max: number };
  /** A name, or something else that one object alone may have, is taken; the fields of it, separated by commas. */
  duplicate: { what: string; name: string; fields?: string };
  not_found: { what: string; id: string | number; [more: string]: string | number | boolean };
  /** Something else needs it. */
  in_use: { what: string; id: string | number; by: string };
  /** An `Idempotency-Key` that was sent with another request. */
  key_used: { key: string };
  /** What is asked for is not possible in its state, which is there where it is known. */
  wrong_state: { what: string; id: string | number; state?: string };
}

export type ReasonCode = keyof ReasonArgs;

/** Why something is refused, for families that have codes of their own; an error's message says it in words. */
export type Reason = { [C in ReasonCode]: { code: C; args: ReasonArgs[C] } }[ReasonCode];

/** Steps of use cases whose errors an endpoint, or a family, may want to say in words of its own (`api/wording.ts`). */
export type Step =
  /** Reading the name of a user. */
  | 'user'
  /** Parsing what was sent. */
  | 'body'
  /** Reading its fields. */
  | 'input'
  /** Finding what the request is about. */
  | 'find'
  /** An `Idempotency-Key`. */
  | 'key'
  /** The name of a new schedule. */
  | 'name'
  /** Finding the attempt of a node that is called back. */
  | 'attempt'
  /** Pausing, resuming or stopping what has ended. */
  | 'signal'
  /** Finding out whose templates a tree means. */
  | 'sources'
  /** Putting them in. */
  | 'unfold'
  /** Making the tree of a template with the choices made. */
  | 'instantiate'
  /** The tree that came in its place. */
  | 'sent-tree'
  /** Writing the templates of a file. */
  | 'import';
