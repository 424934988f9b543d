import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type Outsider, play, type Scenario } from './replacement-model.ts';
import { prove } from './prove.ts';
import type { Fault } from './world.ts';

const RUNS = Number(process.env['ROBUST_RUNS'] ?? 5000);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault>({ kind: 'lostBefore' }, { kind: 'lostAfter' }, { kind: 'partial' }),
  fc.record({ kind: fc.constantFrom('html' as const, 'broken' as const), after: fc.boolean() }),
  fc.constantFrom(403, 422, 429).map((status): Fault => ({ kind: 'refused', status: status as 403 })),
  fc.integer({ min: 100, max: 25_000 }).map((after): Fault => ({ kind: 'late', after })),
);

const outsider = fc.constantFrom<Outsider>(
  'deleteOld',
  'deleteNew',
  'attachOld',
  'attachNew',
  'removePolicy',
  'editPolicy',
  'detachOld',
  'namesake',
  'namesakeElsewhere',
);

const anything: fc.Arbitrary<Scenario> = fc.record({
  cleansPolicies: fc.boolean(),
  cutsUrls: fc.boolean(),
  policies: fc.array(fc.record({ mail: fc.boolean(), bare: fc.boolean() }), { maxLength: 3 }),
  faults: fc.array(fc.tuple(fc.integer({ min: 0, max: 45 }), fault), { maxLength: 3 }),
  outsiders: fc.array(fc.tuple(fc.integer({ min: 0, max: 160 }), outsider), { maxLength: 2 }),
  kill: fc.option(fc.integer({ min: 0, max: 160 }), { nil: undefined }),
  buttons: fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 3 }),
  second: fc.boolean(),
  heartbeat: fc.boolean(),
  choices: fc.array(fc.nat(7), { maxLength: 24 }),
});

/** A creation that is not answered while Cloudflare cuts the URL, so that the user is asked; then Undo. */
const adoption: fc.Arbitrary<Scenario> = fc
  .tuple(
    anything,
    fc.constantFrom<Fault>({ kind: 'lostBefore' }, { kind: 'lostAfter' }),
    fc.integer({ min: 8, max: 40 }),
  )
  .chain(([each, lost, later]) =>
    fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 2, maxLength: 3 }).map((buttons) => ({
      ...each,
      cutsUrls: true,
      kill: undefined,
      faults: [
        [2, lost],
        [later, { kind: 'refused', status: 403 }],
      ] as const,
      outsiders: [[later, 'namesake'], ...each.outsiders.slice(1)] as const,
      buttons,
    })),
  );

/** A window that waits for a mutation without a heartbeat, while a second one takes its lease over. */
const takeover: fc.Arbitrary<Scenario> = fc.tuple(anything, fc.integer({ min: 2, max: 12 })).map(([each, at]) => ({
  ...each,
  kill: undefined,
  heartbeat: false,
  second: true,
  faults: [[at, { kind: 'late', after: 29_000 }], ...each.faults.slice(1)] as const,
  buttons: [0, 0],
}));

const scenario = fc.oneof(
  { weight: 8, arbitrary: anything },
  { weight: 1, arbitrary: adoption },
  { weight: 1, arbitrary: takeover },
);

describe('a replacement survives everything', function () {
  this.timeout(30 * 60_000);

  it(`keeps every invariant in ${RUNS} generated interleavings`, async () => {
    const ends = await prove('replacement', scenario, RUNS, play);
    // A model in which nothing goes wrong, or nothing ends well, proves nothing.
    assert.ok((ends['stopped'] ?? 0) > RUNS / 4);
    assert.ok((ends['done'] ?? 0) > 0 && (ends['undone'] ?? 0) > 0 && (ends['kept'] ?? 0) > 0);
  });
});
