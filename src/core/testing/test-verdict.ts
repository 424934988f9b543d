import { redactPatterns } from '../api/redaction.ts';

/** Whether the receiver took a test, by its type's own rule, and where it did not, why in its own words. */
export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const LONGEST_REASON = 200;

/**
 * Judges an answer. Slack says `ok`, Feishu and Splunk refuse with status 200 and a `code` in the body, the others mean
 * what their status says (Discord 204, Datadog and Opsgenie 202; any 2xx is taken). `redact` gets the reason before it is
 * cut short, since half a secret is no longer known as one.
 */
export function judgeAnswer(
  type: string,
  status: number,
  text: string,
  redact: (words: string) => string = redactPatterns,
): Verdict {
  const body = parse(text);
  return status >= 200 && status < 300 && isTaken(type, text, body)
    ? { ok: true }
    : { ok: false, reason: shorten(redact(toLine(reasonOf(text, body)))) };
}

function isTaken(type: string, text: string, body: unknown): boolean {
  switch (type) {
    case 'slack':
      return text.trim() === 'ok';
    case 'feishu':
    case 'splunk':
      return get(body, 'code') === 0;
    default:
      return true;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function get(value: unknown, key: string): unknown {
  const entries: readonly (readonly [string, unknown])[] =
    typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return entries.find(([name]) => name === key)?.[1];
}

/** Where the services put their words: the first of these that is a text; with the code that stands beside it. */
function reasonOf(text: string, body: unknown): string {
  const errors = get(body, 'errors');
  const error = get(body, 'error');
  const candidates = [
    get(body, 'message'),
    get(body, 'msg'),
    get(body, 'text'),
    get(error, 'message'),
    error,
    Array.isArray(errors) ? errors.filter((each) => typeof each === 'string').join('; ') : errors,
  ];
  const words = candidates.find((each): each is string => typeof each === 'string' && each !== '');
  const code = get(body, 'code');
  if (words !== undefined) {
    return typeof code === 'number' && code !== 0 ? `${words} (code ${code})` : words;
  }
  return body === undefined && !/^\s*</.test(text) ? text : '';
}

/** One line of plain text: what a receiver says is untrusted. */
function toLine(text: string): string {
  return toPlainText(text).replaceAll(/\s+/g, ' ').trim();
}

function shorten(line: string): string {
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}…` : line;
}

/** Without control characters, but for line breaks and tabs, and without what turns the direction of text around. */
export function toPlainText(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\P{C}\n\t]/gu, '');
}

/** The first lines of an answer, to show. */
export function firstLines(text: string, lines = 20, characters = 2000): string {
  const all = toPlainText(text).split('\n');
  const shown = all.slice(0, lines).join('\n');
  const cut = shown.slice(0, characters);
  return all.length > lines || shown.length > characters ? `${cut}\n…` : cut;
}
