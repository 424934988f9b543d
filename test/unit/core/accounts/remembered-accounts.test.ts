import assert from 'node:assert/strict';
import { assert as forAll, constantFrom, property, subarray, uniqueArray } from 'fast-check';
import {
  addAccounts,
  chooseToken,
  labelAccount,
  moveAccounts,
  orphanedTokens,
  parseRememberedAccounts,
  type RememberedAccounts,
  removeAccount,
  toAccount,
} from '../../../../src/core/accounts/remembered-accounts.ts';

const list: RememberedAccounts = [
  { id: 'a', name: 'Acme', tokenIds: ['t1'] },
  { id: 'b', name: 'Bolt', label: 'Shop', tokenIds: ['t1', 't2'] },
  { id: 'c', name: 'c', tokenIds: ['t3'] },
];

const ids = (accounts: RememberedAccounts): string => accounts.map(({ id }) => id).join('');

describe('remembered accounts', () => {
  it('show the label, or the name if there is no label', () => {
    assert.deepEqual(list.map(toAccount), [
      { id: 'a', name: 'Acme' },
      { id: 'b', name: 'Shop' },
      { id: 'c', name: 'c' },
    ]);
  });

  it('load persisted accounts and reject invalid data', () => {
    assert.deepEqual(parseRememberedAccounts(structuredClone(list)), list);
    for (const value of [null, 'x', [1], [{ id: 'a' }], [{ id: 'a', name: 'Acme', tokenIds: [] }]]) {
      assert.equal(parseRememberedAccounts(value), undefined);
    }
  });

  it('keep position, label and name when added again, and use the new token first', () => {
    const added = addAccounts(
      list,
      [
        { id: 'b', name: 'b' },
        { id: 'd', name: 'Dune' },
      ],
      't4',
    );
    assert.deepEqual(added.slice(1), [
      { id: 'b', name: 'Bolt', label: 'Shop', tokenIds: ['t4', 't1', 't2'] },
      { id: 'c', name: 'c', tokenIds: ['t3'] },
      { id: 'd', name: 'Dune', tokenIds: ['t4'] },
    ]);
  });

  it('accept a label and a name when added again', () => {
    const [, , third] = addAccounts(list, [{ id: 'c', name: 'Cove', label: 'Coast' }], 't3');
    assert.deepEqual(third, { id: 'c', name: 'Cove', label: 'Coast', tokenIds: ['t3'] });
  });

  it('can switch to another of their tokens', () => {
    assert.deepEqual(chooseToken(list, 'b', 't2')[1]?.tokenIds, ['t2', 't1']);
  });

  it('lose a label that is empty or equal to the name', () => {
    assert.equal(labelAccount(list, 'a', ' West ')[0]?.label, 'West');
    assert.equal('label' in (labelAccount(list, 'b', '  ')[1] ?? {}), false);
    assert.equal('label' in (labelAccount(list, 'b', 'Bolt')[1] ?? {}), false);
    assert.equal(labelAccount(list, 'a', 'x')[1]?.label, 'Shop');
  });

  it('report the tokens that no remaining account uses', () => {
    assert.deepEqual(orphanedTokens(list, removeAccount(list, 'a')), []);
    assert.deepEqual(orphanedTokens(list, removeAccount(list, 'b')), ['t2']);
    assert.deepEqual(orphanedTokens(list, []), ['t1', 't2', 't3']);
  });

  const moves: readonly [string, string | undefined, string][] = [
    ['a', 'b', 'bac'],
    ['a', 'c', 'bca'],
    ['c', 'a', 'cab'],
    ['c', 'b', 'acb'],
    ['a', undefined, 'bca'],
    ['b', 'b', 'abc'],
    ['a', 'gone', 'bca'],
    ['gone', 'a', 'abc'],
  ];
  for (const [moved, onto, expected] of moves) {
    it(`have the order ${expected} when ${moved} is dropped ${onto === undefined ? 'below the last account' : `on ${onto}`}`, () => {
      assert.equal(ids(moveAccounts(list, new Set([moved]), onto)), expected);
    });
  }

  it('are never lost or duplicated by a move', () => {
    const letters = 'abcdefgh'.split('');
    const all = uniqueArray(constantFrom(...letters), { minLength: 1 });
    forAll(
      property(all, subarray(letters), constantFrom(...letters, undefined), (some, moved, onto) => {
        const before = some.map((id) => ({ id, name: id, tokenIds: ['t'] as const }));
        const after = moveAccounts(before, new Set(moved), onto);
        assert.deepEqual(
          [...after].toSorted((x, y) => (x.id < y.id ? -1 : 1)),
          before.toSorted((x, y) => (x.id < y.id ? -1 : 1)),
        );
      }),
    );
  });
});
