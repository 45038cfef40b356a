import { abridge } from './abridge.js';
import type * as z from 'zod';

/**
 * What is wrong with a value that did not fit a schema, in words of our own: each field, what was expected and what
 * came, separated by semicolons. Safe for browsers.
 *
 * @param value what was checked
 */
export function describeIssues(error: z.ZodError, value: unknown): string {
  const { issues } = error;
  const rest = issues.length > MAX_ISSUES ? `; and ${issues.length - MAX_ISSUES} more` : '';
  return (
    issues
      .slice(0, MAX_ISSUES)
      .map((issue) => describeIssue(issue, value))
      .join('; ') + rest
  );
}

const MAX_ISSUES = 3;

type Issue = z.core.$ZodIssue;

function describeIssue(issue: Issue, value: unknown): string {
  const came = valueAt(value, issue.path);
  const place = issue.path.map(String).join('.');
  return `${place === '' ? '' : `${place}: `}${whatIsWrong(issue, came)}`;
}

function whatIsWrong(issue: Issue, came: unknown): string {
  const got = came === undefined ? 'nothing is there' : `got ${show(came)}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown ${issue.keys.length === 1 ? 'field' : 'fields'} ${issue.keys.map(show).join(', ')}`;
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}, ${got}`;
    case 'invalid_value':
      return `expected ${issue.values.map(show).join(' or ')}, ${got}`;
    case 'too_small':
      return `expected ${limit(issue.origin, 'at least', 'more than', issue.minimum, issue.inclusive)}, ${got}`;
    case 'too_big':
      return `expected ${limit(issue.origin, 'at most', 'less than', issue.maximum, issue.inclusive)}, ${got}`;
    case 'invalid_format':
      return `expected ${FORMATS[issue.format] ?? `a text of the form ${issue.pattern ?? issue.format}`}, ${got}`;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}, ${got}`;
    case 'custom':
      return `${issue.message}, ${got}`;
    case 'invalid_union': {
      // Each alternative's own complaint, without those that only say that it is another one.
      const each = issue.errors.map((issues) => issues.map((inner) => describeIssue(inner, came)).join('; '));
      return each.length === 0 ? `expected another value, ${got}` : [...new Set(each)].join('; or ');
    }
    default:
      return `expected another value, ${got}`;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'a time such as 2026-01-02T03:04:05Z',
  safeint: 'a whole number',
};

/** What has a limit: a number, or the length of something. */
function limit(origin: string, atLeast: string, moreThan: string, bound: number | bigint, inclusive = true): string {
  const number = `${inclusive ? atLeast : moreThan} ${String(bound)}`;
  if (origin === 'string') return `a text of ${number} characters`;
  if (origin === 'array' || origin === 'set' || origin === 'map') return `${number} entries`;
  return `a number of ${number}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) return typeof value;
  return abridge(text);
}
