/** Why a helper could not do its work. With all but `no_answer` it is known that nothing has begun by this call. */
export type HelperProblem =
  /** The disk. */
  | 'full'
  /** Less came than was sent. */
  | 'incomplete'
  /** A tool that is needed is not on the host. */
  | 'missing'
  /** There is no folder that can be written. */
  | 'folder'
  | 'not_started'
  /** The command ended and had not said what there was to say. */
  | 'no_answer';

const PROBLEMS: readonly HelperProblem[] = ['full', 'incomplete', 'missing', 'folder', 'not_started'];

export class HelperError extends Error {
  override name = 'HelperError';

  constructor(
    readonly problem: HelperProblem,
    message: string,
    options: ErrorOptions = {},
  ) {
    super(message, options);
  }
}

/** What follows `X ` in an answer. */
export function refusalOf(text: string): HelperError {
  const [reason = '', ...words] = text.split(' ');
  const problem = PROBLEMS.find((known) => known === reason);
  return new HelperError(problem ?? 'no_answer', problem ? `${SAID[problem]}: ${words.join(' ')}` : text);
}

const SAID: Partial<Record<HelperProblem, string>> = {
  full: 'the disk of the host is full',
  incomplete: 'the script did not come whole',
  missing: 'the host has not got what a run needs',
  folder: 'there is no folder for runs on the host (a setting names another one)',
  not_started: 'the run was not started',
};
