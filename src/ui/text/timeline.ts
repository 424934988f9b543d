import * as vscode from 'vscode';
import type { DestinationFacts } from '../../core/model/destination.ts';
import { dayOf } from '../../core/model/local-day.ts';
import { parseTimestamp, toMilliseconds } from '../../core/model/timestamp.ts';
import {
  type DayState,
  daysOf,
  type DestinationHistory,
  type EventKind,
  type TimelineDay,
} from '../../core/monitoring/timeline.ts';
import { enumerate, list, plural } from './format.ts';
import { uiLanguage } from './ui-language.ts';

/** One day of the strip: its state, its date ("Nov 23"), what was seen, and both as one sentence. */
export type DescribedDay = {
  /** As in the timeline, for example `2026-11-23`. */
  readonly day: string;
  readonly state: DayState;
  readonly date: string;
  readonly seen: string;
  readonly text: string;
  /** The destination was not created yet. */
  readonly isBefore: boolean;
};

/** More events of one kind on a day are counted instead of listed. */
const MOST_LISTED = 3;

/** Making one takes longer than formatting a hundred times with it. */
let dates: Intl.DateTimeFormat | undefined;
let times: Intl.DateTimeFormat | undefined;

/** The days of a destination in words. `now` is in milliseconds since the epoch. */
export function describeDays(
  history: DestinationHistory | undefined,
  { createdAt }: Pick<DestinationFacts, 'createdAt'>,
  days: number,
  now: number,
): readonly DescribedDay[] {
  const created = parseTimestamp(createdAt);
  const firstDay = created ? dayOf(toMilliseconds(created)) : '';
  return daysOf(history, days, now).map((each) => {
    // Texts of this form are in the order of the calendar.
    const isBefore = each.day < firstDay && each.events.length === 0;
    const date = describeDate(each.day);
    const seen = isBefore ? vscode.l10n.t('not created yet') : describeSeen(each);
    return {
      day: each.day,
      state: isBefore ? 'unknown' : each.state,
      date,
      seen,
      text: vscode.l10n.t('{0}: {1}', date, seen),
      isBefore,
    };
  });
}

/** "Nov 23", in the language of the user interface, from `2026-11-23`. */
function describeDate(day: string): string {
  dates ??= new Intl.DateTimeFormat(uiLanguage(), { month: 'short', day: 'numeric' });
  return dates.format(new Date(`${day}T12:00`));
}

/** "delivered at 10:04 AM, failed at 11:30 AM" */
function describeSeen({ state, events, until }: TimelineDay): string {
  if (events.length > 0) {
    const kinds = [...new Set(events.map(({ kind }) => kind))];
    return enumerate(
      kinds.map((kind) =>
        describeEvents(
          kind,
          events.flatMap((event) => (event.kind === kind ? describeClock(event.at) : [])),
        ),
      ),
    );
  }
  if (state !== 'quiet') {
    return vscode.l10n.t('not watched');
  }
  return until === undefined
    ? vscode.l10n.t('nothing seen')
    : vscode.l10n.t('nothing seen until {0}', describeClock(until));
}

function describeEvents(kind: EventKind, clocks: readonly string[]): string {
  const last = clocks.at(-1) ?? '';
  return clocks.length > MOST_LISTED
    ? {
        success: vscode.l10n.t('delivered at least {0} times, last at {1}', clocks.length, last),
        failure: vscode.l10n.t('failed at least {0} times, last at {1}', clocks.length, last),
      }[kind]
    : {
        success: vscode.l10n.t('delivered at {0}', list(clocks)),
        failure: vscode.l10n.t('failed at {0}', list(clocks)),
      }[kind];
}

function describeClock(at: string | number): string {
  times ??= new Intl.DateTimeFormat(uiLanguage(), { timeStyle: 'short' });
  const instant = typeof at === 'string' ? parseTimestamp(at) : undefined;
  return times.format(typeof at === 'number' ? at : instant && toMilliseconds(instant));
}

/** "Last 30 days: delivered on 12 days, failed on 2 days, nothing seen on 10 days, not watched on 6 days." */
export function summarizeDays(days: readonly Pick<DescribedDay, 'state' | 'isBefore'>[]): string {
  const watched = days.filter(({ isBefore }) => !isBefore);
  const before = days.length - watched.length;
  const count = (...states: readonly DayState[]): number =>
    watched.filter(({ state }) => states.includes(state)).length;
  const [delivered, failed, quiet, unknown] = [
    count('delivered', 'both'),
    count('failed', 'both'),
    count('quiet'),
    count('unknown'),
  ];
  const parts = [
    delivered > 0 &&
      plural(delivered, vscode.l10n.t('delivered on 1 day'), vscode.l10n.t('delivered on {0} days', delivered)),
    failed > 0 && plural(failed, vscode.l10n.t('failed on 1 day'), vscode.l10n.t('failed on {0} days', failed)),
    quiet > 0 &&
      plural(quiet, vscode.l10n.t('nothing seen on 1 day'), vscode.l10n.t('nothing seen on {0} days', quiet)),
    unknown > 0 &&
      plural(unknown, vscode.l10n.t('not watched on 1 day'), vscode.l10n.t('not watched on {0} days', unknown)),
    before > 0 &&
      plural(before, vscode.l10n.t('not created yet on 1 day'), vscode.l10n.t('not created yet on {0} days', before)),
  ].filter((part) => part !== false);
  return vscode.l10n.t('Last {0} days: {1}.', days.length, enumerate(parts));
}
