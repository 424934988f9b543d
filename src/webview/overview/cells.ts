import { splitAge } from '../../core/model/age.ts';
import {
  OVERVIEW_COLUMNS,
  type OverviewColumn,
  type OverviewSort,
  type OverviewTexts,
} from '../../core/overview-protocol.ts';
import { make } from '../dom.ts';
import { drawStrip } from '../strip.ts';
import type { Row } from './rows.ts';

/** Fills `{0}` of a localized text. */
export function fill(text: string, ...values: readonly (string | number)[]): string {
  return text.replaceAll(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ''));
}

type Time = Row['success'];

export type CellTexts = {
  /** "2 hours ago", "never", or "unknown". */
  age(at: Time): string;
  /** "Nov 23, 2026, 10:04:00 AM" */
  moment(at: Time): string;
  unproven(days: number): string;
};

export function createCellTexts(texts: OverviewTexts, now: () => number): CellTexts {
  const ages = new Intl.RelativeTimeFormat(texts.language, { style: 'short' });
  const moments = new Intl.DateTimeFormat(texts.language, { dateStyle: 'medium', timeStyle: 'medium' });
  const describeAge = (at: number): string => {
    const age = splitAge(at, now());
    return age[0] === 0 ? texts.now : ages.format(...age);
  };
  const orWord = (at: Time, describe: (known: number) => string): string =>
    at === undefined ? texts.never : at === null ? texts.unknownTime : describe(at);
  return {
    age: (at) => orWord(at, describeAge),
    moment: (at) => orWord(at, (known) => moments.format(known)),
    unproven: (days) => (days === 1 ? texts.unprovenOne : fill(texts.unproven, days)),
  };
}

function cell(name: string, ...children: readonly (Node | string)[]): HTMLElement {
  return make('div', { role: 'gridcell', class: `cell ${name}` }, ...children);
}

/** The columns of a row, with the check box before them and the timeline after them. */
export const COLUMN_COUNT: number = OVERVIEW_COLUMNS.length + 2;

/** Numbers the columns, because a narrow tab does not show all of them. */
function number<T extends readonly HTMLElement[]>(cells: T): T {
  for (const [index, each] of cells.entries()) {
    each.setAttribute('aria-colindex', String(index + 1));
  }
  return cells;
}

export function drawCells(texts: OverviewTexts, words: CellTexts, row: Row): readonly Node[] {
  const time = (name: string, at: Time): HTMLElement => {
    const shown = cell(name, words.age(at));
    shown.title = words.moment(at);
    return shown;
  };
  const count = (name: string, value: number | null | undefined): HTMLElement => {
    const shown = cell(name, value === undefined ? '…' : value === null ? '–' : String(value));
    shown.title = value === undefined ? texts.loading : value === null ? texts.unknown : '';
    return shown;
  };
  const tag = row.unproven === undefined ? undefined : words.unproven(row.unproven);
  const unproven = tag === undefined ? [] : [make('span', { class: 'tag', title: tag }, tag)];
  const name = make('span', { class: 'name', title: row.name }, row.name);
  const host = cell('host', row.host);
  host.title = row.host;
  return number([
    cell('check', make('span', { class: 'box', 'aria-hidden': 'true' })),
    cell('title', name, make('span', { class: 'below' }, `${row.account} · ${row.type}`)),
    cell('account', row.account),
    cell('type', row.type),
    host,
    cell('state', make('span', { class: `health ${row.health}` }, texts.states[row.health]), ...unproven),
    time('success', row.success),
    time('failure', row.failure),
    count('policies', row.policies),
    count('alerts', row.alerts),
    cell('timeline', ...(row.days ? [drawStrip(row.days, { label: row.summary ?? '' })] : [])),
  ]);
}

/** A number for each list of days, because their texts are long. */
const numbers = new WeakMap<object, number>();
let lastNumber = 0;
function numberOf(days: object): number {
  const known = numbers.get(days) ?? (lastNumber += 1);
  numbers.set(days, known);
  return known;
}

/** A text that changes if the cells of a row change. */
export function signatureOf(words: CellTexts, row: Row): string {
  const { days, summary, ...rest } = row;
  return JSON.stringify([rest, summary, days && numberOf(days), words.age(row.success), words.age(row.failure)]);
}

export type Head = { readonly element: HTMLElement; show(sort: OverviewSort): void };

/** The row of column headers. Each is a button that sorts. */
export function createHead(texts: OverviewTexts, onSort: (column: OverviewColumn) => void): Head {
  const headers = new Map<OverviewColumn, HTMLElement>();
  for (const column of OVERVIEW_COLUMNS) {
    const button = make('button', { type: 'button' }, make('span', {}, texts.columns[column]));
    button.addEventListener('click', () => onSort(column));
    const place = column === 'name' ? 'title' : column === 'health' ? 'state' : column;
    headers.set(column, make('div', { role: 'columnheader', class: `cell ${place}` }, button));
  }
  const row = make(
    'div',
    { role: 'row', class: 'row', 'aria-rowindex': '1' },
    ...number([
      make('div', { role: 'columnheader', class: 'cell check' }, make('span', { class: 'unseen' }, texts.selection)),
      ...headers.values(),
      make('div', { role: 'columnheader', class: 'cell timeline' }, texts.timeline),
    ]),
  );
  return {
    element: make('div', { role: 'rowgroup', class: 'head' }, row),
    show({ column, descending }) {
      for (const [each, header] of headers) {
        header.setAttribute('aria-sort', each !== column ? 'none' : descending ? 'descending' : 'ascending');
      }
    },
  };
}
