/** A build whose workflow no worker can run: each of its tasks fails. */
export async function pipeline(): Promise<never> {
  throw new Error('this tree cannot be run');
}
