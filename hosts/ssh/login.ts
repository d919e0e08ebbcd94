import type { AnyAuthMethod, ParsedKey, Prompt } from 'ssh2';
import type { TransportError } from '../transport';
import { fingerprintOf, hostKeyOf } from './host-keys';
import type { PrivateKeys } from './private-keys';
import { problemAt, quoted } from './problems';
import type { Hop } from './route';

/**
 * One login to one machine: says what to send next, and when it comes to nothing, why. A password is sent once at most:
 * many hosts shut a user out after a few that are wrong.
 */
export class LoginAttempt {
  readonly #key: ParsedKey | undefined;
  /** What the host takes, as far as it has said. */
  #methods: readonly string[] | undefined;
  #isSent = false;
  #isHalf = false;
  #trouble: string | undefined;

  /** @throws TransportError `auth` when the private key cannot be read */
  constructor(
    private readonly hop: Hop,
    keys: PrivateKeys,
  ) {
    if (hop.login.kind !== 'private_key') return;
    try {
      this.#key = keys.read(hop.login);
    } catch (error) {
      const text = `was not logged in to: the private key of ${hop.user} cannot be read: ${(error as Error).message}`;
      throw problemAt(hop, 'auth', text);
    }
  }

  /**
   * @param methods what the host would go on with; null before anything was sent
   * @param isHalf whether what was sent was right, and is not enough
   * @returns what to send; undefined when there is nothing more
   */
  next(methods: readonly string[] | null, isHalf: boolean | null): AnyAuthMethod | undefined {
    const { user: username, login } = this.hop;
    if (methods) this.#methods = methods;
    this.#isHalf = isHalf === true;
    if (this.#isSent) return undefined;
    if (login.kind === 'private_key') {
      this.#isSent = true;
      return { type: 'publickey', username, key: this.#key! };
    }
    // Nothing is sent before it is known in which of the two ways the host wants it.
    if (!this.#methods) return { type: 'none', username };
    this.#isSent = true;
    if (this.#methods.includes('password')) return { type: 'password', username, password: login.password };
    if (!this.#methods.includes('keyboard-interactive')) return undefined;
    let isAsked = false;
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, answer) => {
        const isPassword = prompts.length === 1 && !prompts[0]!.echo && !isAsked;
        if (!isPassword && prompts.length > 0) this.#trouble = askedFor(prompts);
        isAsked = true;
        answer(isPassword ? [login.password] : prompts.map(() => ''));
      },
    };
  }

  /** Why the login has failed. */
  refusal(): TransportError {
    const { user } = this.hop;
    const takes = this.#methods?.length ? `it takes ${this.#methods.join(', ')}` : 'it takes nothing more';
    if (this.#trouble) return this.#refused(`${this.#trouble}, which is not possible here`);
    if (this.#isHalf) return this.#refused(`${this.#what()} is right, and the host wants more than that: ${takes}`);
    if (this.#key) {
      return this.#refused(`${takes}. Does ~/.ssh/authorized_keys of ${user} on the host have the public key?`);
    }
    const isTaken = /password|keyboard-interactive/.test(this.#methods?.join() ?? '');
    return this.#refused(isTaken ? `the password is wrong, or ${user} may not log in` : `${takes}, and no password`);
  }

  /** Why the login has failed where the host did not say so but went away. */
  cut(said: string): TransportError {
    const words = said.trim() === '' ? '' : `; it said ${quoted(said)}`;
    return this.#refused(`it closed the connection (may ${this.hop.user} log in, is the account in order?)${words}`);
  }

  /** Why it has failed when the host wants a new password. */
  expired(): TransportError {
    return this.#refused('the password has expired and has to be changed');
  }

  #refused(why: string): TransportError {
    return problemAt(this.hop, 'auth', `does not let ${this.hop.user} in by ${this.#what()}: ${why}`);
  }

  #what(): string {
    if (!this.#key) return 'password';
    const key = hostKeyOf(this.#key.getPublicSSH());
    return `the private key ${key.type} ${fingerprintOf(key)}`;
  }
}

function askedFor(prompts: readonly Prompt[]): string {
  return `it asks for ${quoted(prompts.map(({ prompt }) => prompt).join(' '))}`;
}
