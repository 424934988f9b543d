import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { comparableId, createIdSet, findById, isSameId, keyOfDestination } from '../../../../src/core/model/id.ts';

const dashed = '5e7cbf41-0d29-4c2c-9a1b-6b2d0f1a9c33';
const bare = '5e7cbf410d294c2c9a1b6b2d0f1a9c33';

describe('ids', () => {
  it('are the same with and without dashes, in any case', () => {
    assert.ok(isSameId(dashed, bare) && isSameId(bare, dashed) && isSameId(dashed.toUpperCase(), bare));
    assert.equal(comparableId(dashed.toUpperCase()), bare);
  });

  it('differ in any other character', () => {
    assert.ok(!isSameId(bare, bare.replace('5', '6')) && !isSameId(bare, '') && !isSameId(bare, `${bare}0`));
  });

  it('are found in a set in either form', () => {
    const ids = createIdSet([dashed]);
    assert.ok(ids.has(bare) && ids.has(dashed) && ids.has(bare.toUpperCase()));
    assert.ok(!ids.has('other') && !createIdSet([]).has(bare));
  });

  it('are found in a list in either form, the same spelling first', () => {
    const all = [{ id: bare }, { id: dashed }, { id: 'other' }];
    assert.deepEqual([findById(all, dashed), findById(all, bare), findById(all, 'OTHER')], [all[1], all[0], all[2]]);
    assert.equal(findById(all, 'none'), undefined);
  });

  it('have one key in an account in either form', () => {
    assert.equal(keyOfDestination('a', dashed.toUpperCase()), keyOfDestination('a', bare));
    assert.notEqual(keyOfDestination('a', bare), keyOfDestination('b', bare));
  });

  it('compare the same wherever dashes stand', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.array(fc.nat(35)), (id, places) => {
        const moved = places.reduce((text, at) => `${text.slice(0, at)}-${text.slice(at)}`, id.replaceAll('-', ''));
        return isSameId(id, moved) && createIdSet([moved]).has(id);
      }),
    );
  });
});
