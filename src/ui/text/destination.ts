import * as vscode from 'vscode';
import type { DestinationFacts } from '../../core/model/destination.ts';
import { plainName } from '../../core/model/plain-text.ts';
import { healthOf, lastEventOf, type ShownHealth, shownHealthOf } from '../../core/model/health.ts';
import { describeAge, describeShortAge, plural } from './format.ts';

export function describeHealth(health: ShownHealth): string {
  return {
    failing: vscode.l10n.t('failing'),
    healthy: vscode.l10n.t('healthy'),
    unused: vscode.l10n.t('never used'),
    unknown: vscode.l10n.t('unknown'),
  }[health];
}

export function describeHealthOf(destination: DestinationFacts): string {
  return describeHealth(shownHealthOf(destination));
}

/** "not proved for 45 days" */
export function describeUnproven(days: number): string {
  return plural(days, vscode.l10n.t('not proved for 1 day'), vscode.l10n.t('not proved for {0} days', days));
}

/** "2 webhook destinations are failing" */
export function describeFailing(count: number): string {
  return plural(
    count,
    vscode.l10n.t('1 webhook destination is failing'),
    vscode.l10n.t('{0} webhook destinations are failing', count),
  );
}

/** "last failure 2 hours ago": the event that decides the health, and its age. Empty without any event. */
export function describeLastEvent(destination: DestinationFacts): string {
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

/** For a row, which is narrow: "<type> · failed 2 h ago", "<type> · 5 min ago", "<type> · never used". */
export function describeForRow(destination: DestinationFacts): string {
  const event = lastEventOf(destination);
  const age = event ? describeShortAge(event.at) : '';
  const words = {
    failing: vscode.l10n.t('failed {0}', age),
    healthy: age,
    unused: describeHealthOf(destination),
  }[healthOf(destination)];
  return `${typeOf(destination)} · ${words}`;
}

/** The type with the last event: "<type> · last failure 2 hours ago", "<type> · never used". */
export function describeBriefly(destination: DestinationFacts): string {
  const health = healthOf(destination);
  return `${typeOf(destination)} · ${health === 'unused' ? describeHealthOf(destination) : describeLastEvent(destination)}`;
}

/** The displayed name: Cloudflare may send an empty one, and one with several lines. */
export function nameOf(destination: DestinationFacts): string {
  return plainName(destination.name) || vscode.l10n.t('(no name)');
}

export function typeOf(destination: DestinationFacts): string {
  return plainName(destination.type) || vscode.l10n.t('unknown type');
}

/** Why nothing is said of a destination that Cloudflare's list does not show. */
export function describeUnclear(): string {
  return vscode.l10n.t('Cloudflare’s list has entries that could not be read. The destination may be one of them.');
}
