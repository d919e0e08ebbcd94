import { hasSealedText } from '../base/sealed-text';
import { isLonger, isText, shortened } from '../base/text';
import {
  MAX_HOST_NAME_LENGTH,
  MAX_TAG_LENGTH,
  MAX_TAGS,
  MAX_VARIABLE_LENGTH,
  MAX_VARIABLES,
  VARIABLE_NAME,
} from './limits';

const MAX_SHOWN = 100;

/** What is wrong with a host that somebody sends: nothing when the list is empty. */
export function hostProblems(host: {
  name: string;
  tags: readonly string[];
  variables: Readonly<Record<string, string>>;
}): string[] {
  const variables = Object.entries(host.variables);
  return [
    nameProblem(host.name),
    tagCountProblem(host.tags.length),
    ...host.tags.map(tagProblem),
    variableCountProblem(variables.length),
    ...variables.map(([name, value]) => variableProblem(name, value)),
  ].filter((problem) => problem !== undefined);
}

export function nameProblem(name: string): string | undefined {
  return labelProblem('the name', name, MAX_HOST_NAME_LENGTH);
}

export function tagProblem(tag: string): string | undefined {
  if (tag.includes(',')) return `the tag "${short(tag)}" has a comma in it: commas stand between tags`;
  return labelProblem('the tag', tag, MAX_TAG_LENGTH);
}

export function tagCountProblem(count: number): string | undefined {
  return count > MAX_TAGS ? `it has ${count} tags: at most ${MAX_TAGS} are possible` : undefined;
}

export function variableCountProblem(count: number): string | undefined {
  return count > MAX_VARIABLES ? `it has ${count} variables: at most ${MAX_VARIABLES} are possible` : undefined;
}

export function variableProblem(name: string, value: string): string | undefined {
  if (!VARIABLE_NAME.test(name)) {
    return `"${short(name)}" cannot be the name of a variable: use letters, digits and _, no digit first, at most 100`;
  }
  if (isLonger(value, MAX_VARIABLE_LENGTH)) {
    return `the value of ${name} is longer than ${MAX_VARIABLE_LENGTH} characters`;
  }
  return textProblem(`the value of ${name}`, value);
}

function labelProblem(what: string, text: string, max: number): string | undefined {
  if (text === '') return `${what} is empty`;
  if (isLonger(text, max)) return `${what} "${short(text)}" is longer than ${max} characters`;
  if (text.trim() !== text) return `${what} "${short(text)}" has blanks around it`;
  return textProblem(what, text);
}

function textProblem(what: string, text: string): string | undefined {
  if (!isText(text)) return `${what} has characters in it that are no text`;
  return hasSealedText(text) ? `${what} is sealed text, which cannot be sent` : undefined;
}

/** For messages: what somebody sends may be as long as all of it. */
export function short(text: string): string {
  return shortened(text, MAX_SHOWN);
}
