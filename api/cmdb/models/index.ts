import type { Language } from '../language';
import { BUSINESS } from './business';
import { HOST } from './host';
import type { Model } from './model';
import { MODULE } from './module';
import { PROCESS } from './process';
import { SET } from './set';

const MODELS: readonly Model[] = [PROCESS, BUSINESS, SET, MODULE, HOST];

const names = new Map(
  MODELS.flatMap(({ properties }) => properties).map((property) => [property.id, property] as const),
);

/** What a property is called; its id where nobody knows it. */
export function propertyName(id: string, language: Language): string {
  return names.get(id)?.[language] ?? id;
}
