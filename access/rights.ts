/** What of the things that come in with trees and values their sender may have in them. */
export interface Rights {
  /** Whether work may be done in that user's name. */
  mayProxy(executorProxy: string): boolean;
  /** Whether values may refer to passwords that others keep in the tree or in its templates. */
  mayReferToPasswords: boolean;
  /** Whether there may be sealed text in them: nobody outside may. */
  maySendSealed: boolean;
}

/** Of who has no login: another system that calls back. */
export const NOBODY: Rights = { mayProxy: () => false, mayReferToPasswords: false, maySendSealed: false };

/** Of trees and values that are kept here: whoever brought them was asked then. */
export const KEPT: Rights = { mayProxy: () => true, mayReferToPasswords: true, maySendSealed: true };
