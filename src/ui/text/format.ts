import * as vscode from 'vscode';
import type { Destination } from '../../core/model/destination.ts';
import { expiryOf } from '../../core/model/expiry.ts';
import { type Health, healthOf, lastEventOf } from '../../core/model/health.ts';
import { type Instant, parseTimestamp, toMilliseconds } from '../../core/model/timestamp.ts';
import type { TokenInfo } from '../../core/model/token.ts';

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "2 hours ago", in the language of the user interface. */
export function describeAge(at: Instant, now = Date.now()): string {
  const seconds = Math.round((toMilliseconds(at) - now) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  const format = new Intl.RelativeTimeFormat(vscode.env.language, { numeric: 'auto' });
  return Math.abs(seconds) < 10 ? format.format(0, 'second') : format.format(Math.trunc(seconds / size), unit);
}

/** "Oct 26, 2020, 6:25:04 PM (6 years ago)", or what stands for a time that never was. */
export function describeTime(timestamp: string | undefined): string {
  const at = parseTimestamp(timestamp);
  if (at === undefined) {
    return vscode.l10n.t('never');
  }
  const format = new Intl.DateTimeFormat(vscode.env.language, { dateStyle: 'medium', timeStyle: 'medium' });
  return `${format.format(toMilliseconds(at))} (${describeAge(at)})`;
}

export function describeHealth(health: Health): string {
  return {
    failing: vscode.l10n.t('failing'),
    healthy: vscode.l10n.t('healthy'),
    unused: vscode.l10n.t('never used'),
  }[health];
}

/** "last failure 2 hours ago": the event that decides the health, and its age. Empty where nothing ever happened. */
export function describeLastEvent(destination: Destination): string {
  const event = lastEventOf(destination);
  if (!event) {
    return '';
  }
  const age = describeAge(event.at);
  return {
    failure: vscode.l10n.t('last failure {0}', age),
    success: vscode.l10n.t('last success {0}', age),
    created: vscode.l10n.t('created {0}', age),
  }[event.kind];
}

/** "slack · last failure 2 hours ago", "generic · never used": what stands behind a name. */
export function describeBriefly(destination: Destination): string {
  const health = healthOf(destination);
  return `${typeOf(destination)} · ${health === 'unused' ? describeHealth(health) : describeLastEvent(destination)}`;
}

/** The name as shown: the server may send none. */
export function nameOf(destination: Destination): string {
  return destination.name.trim() || vscode.l10n.t('(no name)');
}

export function typeOf(destination: Destination): string {
  return destination.type || vscode.l10n.t('unknown type');
}

/** "user token 1a2b3c4d": tells tokens apart by the id Cloudflare's dashboard shows; never the token itself. */
export function describeToken({ owner, cloudflareId, id }: TokenInfo): string {
  const shortId = (cloudflareId ?? id).slice(0, 8);
  return owner === 'account'
    ? vscode.l10n.t('account-owned token {0}', shortId)
    : vscode.l10n.t('user token {0}', shortId);
}

/** "expires Dec 1, 2026, 9:00:00 AM (in 8 days)" */
export function describeExpiry(token: TokenInfo): string {
  return token.expiresOn
    ? vscode.l10n.t('expires {0}', describeTime(token.expiresOn))
    : vscode.l10n.t('does not expire');
}

/** "token expires in 3 days", "token expired yesterday": only from a week before; empty until then. */
export function describeExpiryNotice(token: TokenInfo | undefined, now = Date.now()): string {
  const expiry = expiryOf(token, now);
  if (!expiry || expiry.kind === 'later') {
    return '';
  }
  const age = describeAge(expiry.at, now);
  return expiry.kind === 'expired' ? vscode.l10n.t('token expired {0}', age) : vscode.l10n.t('token expires {0}', age);
}

/** Somebody's text inside Markdown: shown as it is, never as formatting, a link or HTML. Line breaks become spaces. */
export function escapeMarkdown(text: string): string {
  // CommonMark 2.4: a backslash before any ASCII punctuation makes it literal, also within what would be an autolink.
  return text.replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ');
}

/** Somebody's text for a label of a quick pick or the status bar, where `$(name)` would become an icon. */
export function escapeIcons(text: string): string {
  return text.replaceAll(/\$\([A-Za-z0-9-]+(?:~[A-Za-z]+)?\)/g, String.raw`\$&`);
}
