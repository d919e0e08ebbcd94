import { type Machine, Refused, Unanswered, type VmProvider } from '../provider';
import type { StepWork } from './work';

/** How machines stand; undefined where that cannot be known now. */
export async function lookQuietly(
  step: StepWork,
  provider: VmProvider,
  vmIds: readonly string[],
): Promise<Map<string, Machine> | undefined> {
  try {
    return await provider.look(step.request(), vmIds);
  } catch (error) {
    step.signal.throwIfAborted();
    if (error instanceof Refused || error instanceof Unanswered) return undefined;
    throw error;
  }
}
