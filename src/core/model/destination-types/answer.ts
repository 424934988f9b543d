import type { Answer } from './destination-type.ts';

export function readAnswer(text: string): Answer {
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    return { text, json: undefined };
  }
}

/** For services whose status alone says whether they accepted the request. */
export function acceptAny(): boolean {
  return true;
}

/** For services that also reject a request with status 200: `code` in the body is 0 only where they accepted it. */
export function hasCodeZero({ json }: Answer): boolean {
  return get(json, 'code') === 0;
}

/**
 * The first text at one of the places where the services have their words, with the code beside it; else a plain text
 * as a whole. All places are tried for each type, since a proxy in front of a receiver answers in a shape of its own.
 */
export function findReason({ text, json }: Answer): string {
  const errors = get(json, 'errors');
  const error = get(json, 'error');
  const candidates = [
    get(json, 'message'),
    get(json, 'msg'),
    get(json, 'text'),
    get(error, 'message'),
    error,
    Array.isArray(errors) ? errors.filter((each) => typeof each === 'string').join('; ') : errors,
  ];
  const words = candidates.find((each): each is string => typeof each === 'string' && each !== '');
  const code = get(json, 'code');
  if (words !== undefined) {
    return typeof code === 'number' && code !== 0 ? `${words} (code ${code})` : words;
  }
  return json === undefined && !/^\s*</.test(text) ? text : '';
}

function get(value: unknown, key: string): unknown {
  const entries: readonly (readonly [string, unknown])[] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.find(([name]) => name === key)?.[1];
}
