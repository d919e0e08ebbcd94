import type { JsonObject } from '../../../pipeline/json';
import { ConditionError, evaluateBoolrule } from '../../../pipeline/language/condition';
import { Meter } from '../../../pipeline/language/python/limits';
import { parseTemplate, renderTemplate } from '../../../pipeline/language/template';
import { fixedAmbient, load, scopeOf } from './support';

/** The original ran in UTC. */
const inUtc = { ...fixedAmbient(), offsetMinutes: () => 0 };

/** Answers of the original engine, recorded fragment by fragment; null: the fragment stays as written. */
interface ObservedFragments {
  context: JsonObject;
  fragments: [source: string, text: string | null][];
}

interface ObservedRule {
  expr: string;
  context?: JsonObject;
  expected: boolean | string;
}

function outcome(rule: ObservedRule): boolean | string {
  try {
    return evaluateBoolrule(rule.expr, rule.context);
  } catch (error) {
    if (error instanceof ConditionError) return error.kind;
    throw error;
  }
}

describe('fragments whose text the original engine was asked for', () => {
  const { context, fragments } = load<ObservedFragments>('observed-fragments.json');

  test.each(fragments)('%s', (source, text) => {
    const template = parseTemplate(`x${source}`);

    expect(renderTemplate(template, scopeOf(context), inUtc, new Meter())).toBe(`x${text ?? source}`);
  });
});

describe('rules whose outcome the original engine was asked for', () => {
  test.each(load<ObservedRule[]>('observed-rules.json').map((rule) => [rule.expr, rule] as const))('%j', (_, rule) => {
    expect(outcome(rule)).toBe(rule.expected);
  });
});
