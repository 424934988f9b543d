import assert from 'node:assert/strict';
import type { OverviewColumn, OverviewRow } from '../../../src/core/overview-protocol.ts';
import { OVERVIEW_COLUMNS } from '../../../src/core/overview-protocol.ts';
import {
  countBy,
  createRows,
  filterRows,
  keysBetween,
  matchesState,
  reduceUrls,
  type Row,
  sortRows,
  whyEmpty,
} from '../../../src/webview/overview/rows.ts';

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const DAY = 86_400_000;

function row(name: string, given: Partial<Row> = {}): Row {
  return {
    destinationId: name,
    name,
    type: 'slack',
    host: 'hooks.slack.com',
    health: 'healthy',
    key: `a/${name}`,
    accountId: 'a',
    account: 'Acme',
    ...given,
  };
}

function makeRow(destinationId: string, given: Partial<OverviewRow> = {}): OverviewRow {
  return { destinationId, name: destinationId, type: 'slack', host: 'h', health: 'healthy', ...given };
}

const names = (rows: readonly Row[]): readonly string[] => rows.map(({ name }) => name);

describe('rows of the overview', () => {
  it('says that there are no destinations only if no account is loading or failed', () => {
    const [loaded, loading] = [
      { accountId: 'a', name: 'Acme' },
      { accountId: 'b', name: 'Bolt', note: 'Bolt is loading…' },
    ];
    assert.equal(whyEmpty([], []), 'noAccount');
    assert.equal(whyEmpty([loaded], []), 'noDestination');
    assert.equal(whyEmpty([loaded, loading], []), undefined);
    assert.equal(whyEmpty([loaded, loading], [row('a')]), 'noMatch');
  });

  it('sorts by health: failing first, the newest failure on top, then by name', () => {
    const rows = [
      row('b'),
      row('unused', { health: 'unused' }),
      row('old', { health: 'failing', failure: 1 }),
      row('a'),
      row('new', { health: 'failing', failure: 2 }),
    ];
    assert.deepEqual(names(sortRows(rows, { column: 'health', descending: false }, collator)), [
      'new',
      'old',
      'a',
      'b',
      'unused',
    ]);
  });

  it('sorts rows without a value last, in both directions', () => {
    const rows = [
      row('none'),
      row('late', { success: 2 }),
      row('early', { success: 1 }),
      row('failed', { alerts: null }),
    ];
    assert.deepEqual(names(sortRows(rows.slice(0, 3), { column: 'success', descending: false }, collator)), [
      'early',
      'late',
      'none',
    ]);
    assert.deepEqual(names(sortRows(rows.slice(0, 3), { column: 'success', descending: true }, collator)), [
      'late',
      'early',
      'none',
    ]);
    assert.equal(
      sortRows(
        [row('failed', { alerts: null }), row('zero', { alerts: 0 })],
        { column: 'alerts', descending: false },
        collator,
      )[0]?.name,
      'zero',
    );
  });

  it('has one order for each column, whatever the order before', () => {
    const rows = [
      row('10'),
      row('9', { account: 'B', accountId: 'b', key: 'b/9' }),
      row('9', { type: 'gchat' }),
      row('2', { policies: 1 }),
    ];
    for (const column of OVERVIEW_COLUMNS satisfies readonly OverviewColumn[]) {
      for (const descending of [false, true]) {
        const sort = { column, descending };
        const order = sortRows(rows, sort, collator).map(({ key, type }) => `${key} ${type}`);
        assert.deepEqual(
          sortRows(rows.toReversed(), sort, collator).map(({ key, type }) => `${key} ${type}`),
          order,
          column,
        );
      }
    }
  });

  it('filters by every word, in any of name, account, type and host', () => {
    const rows = [row('On-call'), row('Other', { host: 'on-call.example', type: 'generic' })];
    const filter = { text: ' ON-call  generic ', accountId: '', type: '' };
    assert.deepEqual(names(filterRows(rows, filter)), ['Other']);
    assert.deepEqual(names(filterRows(rows, { ...filter, text: '', type: 'slack' })), ['On-call']);
    assert.deepEqual(names(filterRows(rows, { ...filter, text: '', accountId: 'x' })), []);
  });

  it('filters by the host of a URL, and keeps no more of the URL', () => {
    const rows = [row('Ops/EU v1.2'), row('Other', { host: 'example.com:8080' })];
    const filter = (text: string) => names(filterRows(rows, { text, accountId: '', type: '' }));
    for (const text of [
      'https://hooks.slack.com/services/T/B/s3cret',
      'hooks.slack.com/services/s3cret',
      'ops/eu v1.2',
    ]) {
      assert.deepEqual(filter(text), ['Ops/EU v1.2'], text);
      assert.doesNotMatch(reduceUrls(text), /s3cret/);
    }
    assert.deepEqual(filter('https://user:s3cret@example.com:8080?s3cret'), ['Other']);
    assert.deepEqual([reduceUrls('a http://x.y/z b'), reduceUrls('https://')], ['a x.y b', '']);
    for (const url of [
      'user:s3cret@hooks.slack.com/services/x',
      'hooks.slack.com./s3cret',
      'localhost:8080/s3cret',
      String.raw`hooks.slack.com\\services\\s3cret`,
      'münchen.de/s3cret',
      'foo.com:99999/s3cret',
    ]) {
      assert.doesNotMatch(reduceUrls(url), /s3cret|user/, url);
    }
    const words = 'v1.2/eu 2024.01/eu 1.2/x foo_.1/x prod/eu me@example.org';
    assert.equal(reduceUrls(words), words);
  });

  it('counts rows and failing rows by a value', () => {
    const counts = countBy(
      [row('a'), row('b', { health: 'failing' }), row('c', { type: 'gchat' })],
      ({ type }) => type,
    );
    assert.deepEqual(Object.fromEntries(counts), { slack: { all: 2, failing: 1 }, gchat: { all: 1, failing: 0 } });
  });

  it('keeps details over new rows, and drops those of removed accounts', () => {
    const rows = createRows();
    rows.setAccounts(['a', 'b']);
    rows.setAccount({ accountId: 'a', name: 'Acme' }, [makeRow('1'), makeRow('2')]);
    rows.setDetails('a', [{ destinationId: '1', policies: 3 }]);
    rows.setAccount({ accountId: 'a', name: 'Renamed' }, [makeRow('1', { health: 'failing' })]);
    const [only, ...others] = rows.all(0, 0);
    assert.deepEqual(others, []);
    assert.deepEqual([only?.policies, only?.health, only?.account], [3, 'failing', 'Renamed']);
    rows.setAccounts(['b']);
    rows.setAccounts(['a', 'b']);
    rows.setAccount({ accountId: 'a', name: 'Acme' }, [makeRow('1')]);
    assert.equal(rows.all(0, 0)[0]?.policies, undefined);
  });

  it('drops the details of deleted destinations, also those that arrive later', () => {
    const rows = createRows();
    rows.setAccounts(['a']);
    rows.setAccount({ accountId: 'a', name: 'Acme' }, [makeRow('1'), makeRow('2')]);
    rows.setDetails('a', [{ destinationId: '1', policies: 3 }]);
    rows.setAccount({ accountId: 'a', name: 'Acme' }, [makeRow('2')]);
    rows.setDetails('a', [{ destinationId: '1', alerts: 7 }]);
    rows.setDetails('removed', [{ destinationId: '1', alerts: 7 }]);
    rows.setAccount({ accountId: 'a', name: 'Acme' }, [makeRow('1'), makeRow('2')]);
    assert.deepEqual(
      rows.all(0, 0).map(({ policies, alerts }) => [policies, alerts]),
      [
        [undefined, undefined],
        [undefined, undefined],
      ],
    );
  });

  it('replaces details by newer ones', () => {
    const rows = createRows();
    rows.setAccounts(['a']);
    rows.setAccount({ accountId: 'a', name: 'Acme' }, [makeRow('1')]);
    rows.setDetails('a', [{ destinationId: '1', policies: 3, alerts: null }]);
    rows.setDetails('a', [{ destinationId: '1', alerts: 2 }]);
    rows.setDetails('a', [{ destinationId: '1', policies: 4 }]);
    const [only] = rows.all(0, 0);
    assert.deepEqual([only?.policies, only?.alerts], [4, 2]);
  });

  it('selects no more than one row if the row where the range began is gone', () => {
    const rows = ['1', '2', '3', '4'].map((name) => row(name));
    assert.deepEqual(keysBetween(rows, 'a/2', 'a/4'), ['a/2', 'a/3', 'a/4']);
    assert.deepEqual(keysBetween(rows, 'a/3', 'a/2'), ['a/2', 'a/3']);
    assert.deepEqual(keysBetween(rows, 'a/gone', 'a/3'), ['a/3']);
    assert.deepEqual(keysBetween(rows, 'a/2', 'a/gone'), []);
  });

  it('marks rows as not proved by the setting, at the time of the paint', () => {
    const rows = createRows();
    rows.setAccounts(['a']);
    rows.setAccount({ accountId: 'a', name: 'Acme' }, [makeRow('1', { success: 0 })]);
    const marked = (afterDays: number, now: number): readonly boolean[] =>
      rows.all(afterDays, now).map((each) => matchesState(each, 'unproven'));
    assert.deepEqual(marked(45, 45 * DAY - 1), [false]);
    assert.deepEqual(marked(45, 45 * DAY), [true]);
    assert.deepEqual(marked(0, 45 * DAY), [false]);
  });

  it('shows a row of unknown health among all rows only, and not among those that were never used', () => {
    const states = ['all', 'failing', 'healthy', 'unused'] as const;
    assert.deepEqual(
      states.filter((state) => matchesState(row('1', { health: 'unknown' }), state)),
      ['all'],
    );
  });

  it('does not mark a row whose last success cannot be read', () => {
    const rows = createRows();
    rows.setAccounts(['a']);
    rows.setAccount({ accountId: 'a', name: 'Acme' }, [makeRow('1', { success: null, created: 0 })]);
    assert.deepEqual(
      rows.all(45, 100 * DAY).map(({ unproven }) => unproven),
      [undefined],
    );
  });
});
