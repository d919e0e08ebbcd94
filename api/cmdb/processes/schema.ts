import { PROCESS } from '../models/process';
import { sent } from '../schema';

/** The properties of a process that clients may send. */
export const sentProcess = sent(PROCESS);
