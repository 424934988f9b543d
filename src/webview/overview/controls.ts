import type {
  OverviewAccount,
  OverviewAction,
  OverviewFilter,
  OverviewTexts,
  StateFilter,
} from '../../core/overview-protocol.ts';
import { make, setAttribute } from '../dom.ts';
import { fill } from './cells.ts';
import { countBy, matchesState, type Row } from './rows.ts';

/** The filters and buttons above the grid. */
export type Controls = {
  readonly elements: readonly HTMLElement[];
  /** `all`: without any filter. `narrowed`: with all filters but that of the state. */
  show(view: ControlsView): void;
  /** Focuses the text of the filter. */
  focus(): void;
};

export type ControlsView = {
  readonly filter: OverviewFilter;
  readonly accounts: readonly OverviewAccount[];
  readonly all: readonly Row[];
  readonly narrowed: readonly Row[];
  readonly shown: number;
  readonly selected: number;
  readonly isMarking: boolean;
};

export type ControlEvents = {
  readonly onFilter: (change: Partial<OverviewFilter>) => void;
  readonly onAct: (action: OverviewAction) => void;
  readonly onClear: () => void;
  readonly onRefresh: () => void;
  readonly onExport: () => void;
  readonly onTestUnproven: () => void;
};

const STATES: readonly StateFilter[] = ['all', 'failing', 'healthy', 'unused', 'unproven'];
const ACTIONS: readonly OverviewAction[] = ['test', 'policies', 'export', 'delete'];

export function createControls(texts: OverviewTexts, events: ControlEvents): Controls {
  const testUnproven = makeButton('', events.onTestUnproven);
  const exportCsv = makeButton(texts.exportCsv, events.onExport);
  const header = make(
    'header',
    {},
    make('h1', {}, texts.title),
    make('div', { class: 'buttons' }, testUnproven, exportCsv, makeButton(texts.refresh, events.onRefresh)),
  );

  const stateButtons = new Map<StateFilter, HTMLButtonElement>();
  for (const state of STATES) {
    stateButtons.set(
      state,
      makeButton('', () => events.onFilter({ state }), 'chip'),
    );
  }
  const states = make(
    'div',
    { class: 'chips', role: 'group', 'aria-label': texts.columns.health },
    ...stateButtons.values(),
  );

  const text = make('input', {
    type: 'search',
    placeholder: texts.filter,
    'aria-label': texts.filter,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  text.addEventListener('input', () => events.onFilter({ text: text.value }));
  const account = make('select', { 'aria-label': texts.accounts });
  account.addEventListener('change', () => events.onFilter({ accountId: account.value }));
  const type = make('select', { 'aria-label': texts.types });
  type.addEventListener('change', () => events.onFilter({ type: type.value }));
  const filters = make('div', { class: 'filters' }, text, account, type);

  const count = make('p', { class: 'count', role: 'status' });
  const notes = make('div', { class: 'notes' });
  const chosen = make('span', { class: 'chosen' });
  const selection = make(
    'div',
    { class: 'selection', role: 'group', 'aria-label': texts.selection },
    chosen,
    ...ACTIONS.map((action) => makeButton(texts.actions[action], () => events.onAct(action))),
    makeButton(texts.clear, events.onClear),
  );

  return {
    elements: [
      header,
      make('div', { class: 'controls' }, states, filters),
      notes,
      make('div', { class: 'bar' }, count, selection),
    ],
    show({ filter, accounts, all, narrowed, shown, selected, isMarking }) {
      const unproven = all.filter((row) => matchesState(row, 'unproven')).length;
      testUnproven.textContent = fill(texts.testUnproven, unproven);
      testUnproven.hidden = unproven === 0;
      exportCsv.hidden = all.length === 0;
      for (const [state, button] of stateButtons) {
        const matching = narrowed.filter((row) => matchesState(row, state)).length;
        button.replaceChildren(make('span', { class: `health ${state}` }, texts.filters[state]), ` ${matching}`);
        setAttribute(button, 'aria-pressed', String(filter.state === state));
        button.hidden = state === 'unproven' && !isMarking && filter.state !== state;
      }
      if (text.value !== filter.text) {
        text.value = filter.text;
      }
      const perAccount = countBy(all, (row) => row.accountId);
      fillSelect(account, filter.accountId, [
        ['', fill(texts.allAccounts, accounts.length)],
        ...accounts.map(
          ({ accountId, name }) => [accountId, describe(texts, name, perAccount.get(accountId))] as const,
        ),
      ]);
      const perType = [...countBy(all, (row) => row.type)].toSorted(([a], [b]) => (a < b ? -1 : 1));
      fillSelect(type, filter.type, [
        ['', fill(texts.allTypes, perType.length)],
        ...perType.map(([name, counts]) => [name, describe(texts, name, counts)] as const),
      ]);
      const words = all.length === 1 ? texts.shownOne : texts.shown;
      setText(count, fill(words, shown, all.length));
      setText(chosen, selected === 1 ? texts.selectedOne : fill(texts.selected, selected));
      selection.hidden = selected === 0;
      showNotes(notes, accounts);
    },
    focus: () => text.focus(),
  };
}

function makeButton(label: string, onClick: () => void, kind = 'secondary'): HTMLButtonElement {
  const button = make('button', { type: 'button', class: kind }, label);
  button.addEventListener('click', onClick);
  return button;
}

/** "Acme (14, 2 failing)" */
function describe(
  texts: OverviewTexts,
  name: string,
  counts: { readonly all: number; readonly failing: number } = { all: 0, failing: 0 },
): string {
  return counts.failing > 0
    ? fill(texts.countFailing, name, counts.all, counts.failing)
    : fill(texts.count, name, counts.all);
}

/** A live region announces each assignment, so the same text is not assigned again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function fillSelect(select: HTMLSelectElement, value: string, options: readonly (readonly [string, string])[]): void {
  // A filter by an account or a type that no longer exists must not look like no filter.
  const all = options.some(([each]) => each === value) ? options : [...options, [value, value] as const];
  const key = JSON.stringify(all);
  if (select.dataset['options'] !== key) {
    select.dataset['options'] = key;
    select.replaceChildren(...all.map(([each, label]) => make('option', { value: each }, label)));
  }
  select.value = value;
}

const MOST_NOTES = 5;

function showNotes(element: HTMLElement, accounts: readonly OverviewAccount[]): void {
  const notes = accounts.flatMap(({ note }) => note ?? []);
  const key = JSON.stringify(notes);
  if (element.dataset['notes'] !== key) {
    element.dataset['notes'] = key;
    element.replaceChildren(...notes.slice(0, MOST_NOTES).map((note) => make('p', {}, note)));
    if (notes.length > MOST_NOTES) {
      element.append(make('p', {}, `+ ${notes.length - MOST_NOTES}`));
    }
  }
}
