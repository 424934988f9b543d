import * as vscode from 'vscode';
import { plain } from '../../core/model/plain-text.ts';
import { type Instant, parseTimestamp, toMilliseconds } from '../../core/model/timestamp.ts';

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** Making one takes longer than formatting a hundred times with it. */
let ages: Intl.RelativeTimeFormat | undefined;
let times: Intl.DateTimeFormat | undefined;

/** "2 hours ago", in the language of the user interface. */
export function describeAge(at: Instant, now = Date.now()): string {
  const seconds = Math.round((toMilliseconds(at) - now) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  ages ??= new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto' });
  return Math.abs(seconds) < 10 ? ages.format(0, 'second') : ages.format(Math.trunc(seconds / size), unit);
}

/** "Oct 26, 2020, 6:25:04 PM (6 years ago)", or "never". */
export function describeTime(timestamp: string | undefined): string {
  const at = parseTimestamp(timestamp);
  if (at === undefined) {
    return vscode.l10n.t('never');
  }
  times ??= new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'medium', timeStyle: 'medium' });
  return `${times.format(toMilliseconds(at))} (${describeAge(at)})`;
}

/** "11/25/26, 2:00 PM". An invalid timestamp is returned as it is. */
export function describeMoment(timestamp: string): string {
  const at = parseTimestamp(timestamp);
  const format = new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'short', timeStyle: 'short' });
  return at ? format.format(toMilliseconds(at)) : timestamp;
}

/** Picks between the singular and the plural of a message; both are localized already. */
export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** "one, two and three" */
export function list(texts: readonly string[]): string {
  return new Intl.ListFormat(vscode.env.language).format(texts);
}

/** The first texts, and the number of the others. */
export function nameSome(texts: readonly string[], most: number): readonly string[] {
  const rest = texts.length - most;
  return rest > 0 ? [...texts.slice(0, most), vscode.l10n.t('and {0} more', rest)] : texts;
}

/** Escapes untrusted text for Markdown, so that it never becomes formatting, a link or HTML. */
export function escapeMarkdown(text: string): string {
  // CommonMark 2.4: a backslash before any ASCII punctuation makes it literal, also within what would be an autolink.
  return plain(text).replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}
