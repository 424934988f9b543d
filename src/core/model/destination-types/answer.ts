/** `json` is the parsed text, undefined where it is not JSON. */
export type Answer = { readonly text: string; readonly json: unknown };

/** What a receiver did with a request. `unclear`: the answer does not tell. */
export type Judgement = 'accepted' | 'refused' | 'unclear';

/** A known cause with a known fix; `ui` has the words. */
export type Advice = 'indexerAcknowledgement';

export function readAnswer(text: string): Answer {
  try {
    return { text, json: JSON.parse(text) };
  } catch {
    return { text, json: undefined };
  }
}

/** For services whose status alone says whether they accepted the request. */
export function acceptAny(): Judgement {
  return 'accepted';
}

/** For services that also reject a request with status 200: `code` in the body is 0 only where they accepted it. */
export function judgeByCode({ json }: Answer): Judgement {
  return get(json, 'code') === 0 ? 'accepted' : 'refused';
}

/**
 * For any receiver: the shapes in which services are known to reject a request with status 200. Undefined where the
 * answer says nothing about the outcome.
 */
export function judgeByShape({ text, json }: Answer): Judgement | undefined {
  const errorCode = get(json, 'errcode');
  const flags = new Set([get(json, 'ok'), get(json, 'success')]);
  // The connectors of a chat service answer 200 with this sentence, and with the body `1` on success.
  if (/webhook message delivery failed/i.test(text) || flags.has(false) || isError(errorCode)) {
    return 'refused';
  }
  // Services disagree about `code`: for some only 0 is success, for others also the HTTP status.
  const code = get(json, 'msg') === undefined ? undefined : get(json, 'code');
  if (isError(code)) {
    return code === 200 ? undefined : 'unclear';
  }
  return flags.has(true) || errorCode === 0 || code === 0 || text.trim() === '1' ? 'accepted' : undefined;
}

function isError(code: unknown): boolean {
  return code !== undefined && code !== null && code !== 0 && code !== '0';
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
    get(json, 'errmsg'),
    get(json, 'text'),
    get(error, 'message'),
    error,
    Array.isArray(errors) ? errors.filter((each) => typeof each === 'string').join('; ') : errors,
  ];
  const words = candidates.find((each): each is string => typeof each === 'string' && each !== '');
  const code = get(json, 'code') ?? get(json, 'errcode');
  if (words !== undefined) {
    return typeof code === 'number' && code !== 0 ? `${words} (code ${code})` : words;
  }
  return json === undefined && !/^\s*</.test(text) ? text : '';
}

/** The value of a key; undefined where the value is not an object or has no such key. */
export function get(value: unknown, key: string): unknown {
  const entries: readonly (readonly [string, unknown])[] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.find(([name]) => name === key)?.[1];
}
