import type { Language } from '../language';
import type { Model } from './model';
import { PROCESS } from './process';

const MODELS: readonly Model[] = [PROCESS];

const names = new Map(
  MODELS.flatMap(({ properties }) => properties).map((property) => [property.id, property] as const),
);

/** What a property is called; its id where nobody knows it. */
export function propertyName(id: string, language: Language): string {
  return names.get(id)?.[language] ?? id;
}
