import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { createReplacementRecords } from '../../../../src/core/replacement/records.ts';
import { keyOfReplacement, type Replacement } from '../../../../src/core/replacement/state.ts';
import { createMemoryFiles } from '../async/memory-files.ts';

const SUFFIX = '.replacement.json';

function makeState(oldId: string): Replacement {
  return {
    version: 2,
    accountId: 'a',
    oldId,
    oldName: 'Ops',
    name: 'Ops',
    host: 'example.com',
    fingerprint: { salt: 's', url: 'u', isCut: false },
    knownIds: [oldId],
    stage: 'moving',
    policies: [],
  };
}

describe('replacement records', () => {
  it('returns what was put, by key and in the list, until it is removed', async () => {
    const records = createReplacementRecords(createMemoryFiles());
    const [one, two] = [makeState('one'), makeState('two')];
    await records.put(one);
    await records.put(two);
    await records.put({ ...one, stage: 'deleting' });
    assert.deepEqual(await records.get(keyOfReplacement(one)), { ...one, stage: 'deleting' });
    assert.deepEqual((await records.list()).map(({ oldId }) => oldId).toSorted(), ['one', 'two']);
    await records.remove(keyOfReplacement(one));
    await records.remove(keyOfReplacement(one));
    assert.deepEqual([await records.get(keyOfReplacement(one)), await records.list()], [undefined, [two]]);
  });

  for (const [what, text] of [
    ['an unreadable file', '{"version":2,'],
    ['a newer file', JSON.stringify({ ...makeState('x'), version: 3 })],
    ['an empty file', ''],
  ] as const) {
    it(`does not list ${what}, leaves it alone and lists the others`, async () => {
      const files = createMemoryFiles();
      const records = createReplacementRecords(files);
      const file = `a.x${SUFFIX}`;
      await files.write(file, text);
      await records.put(makeState('one'));
      assert.deepEqual(
        (await records.list()).map(({ oldId }) => oldId),
        ['one'],
      );
      assert.equal(await records.get('a.x'), undefined);
      assert.equal(await files.read(file), text);
    });
  }

  it('ignores files of others, e.g. leases', async () => {
    const files = createMemoryFiles();
    await files.write('a.one.lock', JSON.stringify(makeState('one')));
    assert.deepEqual(await createReplacementRecords(files).list(), []);
  });

  it('writes plain file names, whatever the IDs are', async () => {
    const files = createMemoryFiles();
    const records = createReplacementRecords(files);
    await records.put({ ...makeState('../x/y'), accountId: '..\\a' });
    for (const name of await files.names()) {
      assert.doesNotMatch(name, /[/\\]/);
    }
  });

  it('turns any bytes into a state or nothing, never an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        const files = createMemoryFiles();
        await files.write(`k${SUFFIX}`, text);
        assert.deepEqual(await createReplacementRecords(files).list(), []);
      }),
      { numRuns: 1000 },
    );
  });
});
