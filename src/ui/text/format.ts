import * as vscode from 'vscode';
import { splitAge } from '../../core/model/age.ts';
import { plain } from '../../core/model/plain-text.ts';
import { type Instant, isUnreadable, parseTimestamp, toMilliseconds } from '../../core/model/timestamp.ts';
import { uiLanguage } from './ui-language.ts';

/** Making one takes longer than formatting a hundred times with it. */
let ages: Intl.RelativeTimeFormat | undefined;
let times: Intl.DateTimeFormat | undefined;

/** "2 hours ago", in the language of the user interface. Never "yesterday": a day here is 24 hours. */
export function describeAge(at: Instant, now = Date.now()): string {
  ages ??= new Intl.RelativeTimeFormat(uiLanguage());
  const age = splitAge(toMilliseconds(at), now);
  return age[0] === 0 ? vscode.l10n.t('now') : ages.format(...age);
}

/** "2 h ago", "5 min ago": for rows, which are narrow. A time in the future, by a clock that is wrong, is "now". */
export function describeShortAge(at: Instant, now = Date.now()): string {
  const [age, unit] = splitAge(toMilliseconds(at), now);
  const count = -age;
  if (count <= 0) {
    return vscode.l10n.t('now');
  }
  switch (unit) {
    case 'year':
      return vscode.l10n.t('{0} y ago', count);
    case 'month':
      return vscode.l10n.t('{0} mo ago', count);
    case 'week':
      return vscode.l10n.t('{0} wk ago', count);
    case 'day':
      return vscode.l10n.t('{0} d ago', count);
    case 'hour':
      return vscode.l10n.t('{0} h ago', count);
    case 'minute':
      return vscode.l10n.t('{0} min ago', count);
    case 'second':
      return vscode.l10n.t('{0} s ago', count);
    default:
      return unit satisfies never;
  }
}

/** "Oct 26, 2020, 6:25:04 PM (6 years ago)", "never", or "unknown" where something else is in its place. */
export function describeTime(timestamp: string | undefined): string {
  const at = parseTimestamp(timestamp);
  if (at === undefined) {
    return isUnreadable(timestamp) ? vscode.l10n.t('unknown') : vscode.l10n.t('never');
  }
  times ??= new Intl.DateTimeFormat(uiLanguage(), { dateStyle: 'medium', timeStyle: 'medium' });
  return `${times.format(toMilliseconds(at))} (${describeAge(at)})`;
}

/** "11/25/26, 2:00 PM". An invalid timestamp is returned as it is. */
export function describeMoment(timestamp: string): string {
  const at = parseTimestamp(timestamp);
  const format = new Intl.DateTimeFormat(uiLanguage(), { dateStyle: 'short', timeStyle: 'short' });
  return at ? format.format(toMilliseconds(at)) : timestamp;
}

/** Picks between the singular and the plural of a message; both are localized already. */
export function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** "one, two and three" */
export function list(texts: readonly string[]): string {
  return new Intl.ListFormat(uiLanguage()).format(texts);
}

/** The texts with the comma of the language between them, and no “and”. */
export function enumerate(texts: readonly string[]): string {
  return texts.join(vscode.l10n.t(', '));
}

/** A name in the quotation marks of the language: “On-call”. */
export function quote(name: string): string {
  return vscode.l10n.t('“{0}”', name);
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
