import type { Json, JsonObject } from '../../../pipeline/json';
import { ConditionError, evaluateBoolrule } from '../../../pipeline/language/condition';
import { Meter } from '../../../pipeline/language/python/limits';
import { parseTemplate, renderTemplate, templateReferences } from '../../../pipeline/language/template';
import { fixedAmbient, load, scopeOf } from './support';

interface RuleCase {
  expr: string;
  context?: JsonObject;
  expected: boolean | 'error';
  error_kind?: string;
}

interface TemplateCase {
  template: Json;
  context: JsonObject;
  expected: Json;
  references: string[];
}

function outcome(rule: RuleCase): boolean | string {
  try {
    return evaluateBoolrule(rule.expr, rule.context);
  } catch (error) {
    if (error instanceof ConditionError) return error.kind;
    throw error;
  }
}

describe('the condition cases of the specification', () => {
  test.each(load<RuleCase[]>('boolrule.json').map((rule) => [rule.expr, rule] as const))('%j', (_, rule) => {
    expect(outcome(rule)).toBe(rule.expected === 'error' ? rule.error_kind : rule.expected);
  });
});

describe('the template cases of the specification', () => {
  test.each(load<TemplateCase[]>('template.json').map((item) => [item.template, item] as const))('%j', (_, item) => {
    // Through JSON, as the compiled program goes.
    const template = JSON.parse(JSON.stringify(parseTemplate(item.template)));

    expect(renderTemplate(template, scopeOf(item.context), fixedAmbient(), new Meter())).toEqual(item.expected);
    const references = templateReferences(template).map((name) => `\${${name}}`);
    expect(references.sort()).toEqual([...item.references].sort());
  });
});
