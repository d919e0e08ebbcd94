import { type Attribute, readNew } from '../attributes';

const ACCOUNT: readonly Attribute[] = [{ name: 'supplier_account', kind: 'text', maxLength: 100, isRequired: true }];

/** @throws GantryError `invalid` for a text that no account can be kept apart by */
export function requireAccount(account: string): void {
  readNew(ACCOUNT, { supplier_account: account });
}
