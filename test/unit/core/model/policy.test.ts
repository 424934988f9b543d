import assert from 'node:assert/strict';
import { createIdSet } from '../../../../src/core/model/id.ts';
import {
  countMechanisms,
  differingFields,
  hasSameRecipients,
  hasSameWebhooks,
  type Policy,
  policiesOf,
  recipientsOf,
  restoreDestinationIn,
  swapDestination,
  usesDestination,
  webhookIdsOf,
  wentTo,
  withDestinations,
  withoutDestinations,
} from '../../../../src/core/model/policy.ts';

const DASHED = '5e7cbf41-0d29-4c2c-9a1b-6b2d0f1a9c33';
const BARE = DASHED.replaceAll('-', '');

function makePolicy(webhooks: readonly string[], email: readonly string[] = [], name = 'P'): Policy {
  const whole = {
    id: name,
    name,
    filters: { zones: ['z'] },
    mechanisms: { webhooks: webhooks.map((id) => ({ id })), email: email.map((id) => ({ id })) },
  };
  return { id: name, name, enabled: true, alertType: 'x', mechanisms: { webhooks, email }, whole };
}

const webhooksOf = (whole: Policy['whole'] | undefined): readonly string[] | undefined =>
  (whole?.['mechanisms'] as { webhooks?: readonly { id: string }[] } | undefined)?.webhooks?.map(({ id }) => id);

const wholeWith = (mechanisms: unknown): Policy => ({
  id: 'p',
  name: 'p',
  enabled: true,
  alertType: 'x',
  mechanisms: {},
  whole: { id: 'p', mechanisms },
});

describe('policies as odd as the API can send them', () => {
  for (const mechanisms of [undefined, null, 'none', 3, [], { webhooks: null }, { webhooks: 'a' }, { webhooks: {} }]) {
    it(`have no webhooks where the mechanisms are ${JSON.stringify(mechanisms) ?? 'missing'}`, () => {
      assert.deepEqual(webhookIdsOf(wholeWith(mechanisms).whole), []);
      assert.deepEqual(recipientsOf({ mechanisms: mechanisms === 'none' ? null : mechanisms }), []);
      const { mechanisms: after } = withDestinations(wholeWith(mechanisms), ['a']) as {
        mechanisms: { webhooks: unknown };
      };
      assert.deepEqual(after.webhooks, [{ id: 'a' }]);
    });
  }

  it('have one webhook where the API sends it without a list', () => {
    const mechanisms = { webhooks: { id: 'a' }, email: [{ id: 'e' }] };
    const policy = { ...wholeWith(mechanisms), mechanisms: { webhooks: ['a'], email: ['e'] } };
    assert.deepEqual(recipientsOf(policy.whole), ['email e', 'webhooks a']);
    assert.deepEqual(webhooksOf(swapDestination(policy, 'a', 'b')), ['b']);
    assert.deepEqual(webhooksOf(withDestinations(policy, ['b'])), ['a', 'b']);
    assert.deepEqual(webhooksOf(withoutDestinations(policy, createIdSet(['b']))), ['a']);
  });

  it('take an entry without an ID for none, and keep it', () => {
    const odd = [null, 'text', {}, { id: 7 }, { id: 'a', name: 'n' }];
    assert.deepEqual(webhookIdsOf({ mechanisms: { webhooks: odd } }), ['', '', '', '7', 'a']);
    const swapped = swapDestination(wholeWith({ webhooks: odd, email: [{ id: 'e' }] }), 'a', 'b') as {
      mechanisms: object;
    };
    assert.deepEqual(swapped.mechanisms, {
      webhooks: [null, 'text', {}, { id: 7 }, { id: 'b' }],
      email: [{ id: 'e' }],
    });
  });

  it('use no destination without webhooks', () => {
    assert.equal(usesDestination(wholeWith({}), 'a'), false);
    assert.deepEqual(policiesOf([wholeWith({})], 'a'), []);
  });
});

describe('recipients of policies', () => {
  const mechanisms = { webhooks: [{ id: 'A-1' }, { id: 'b' }], email: [{ id: 'X@e.com' }], pagerduty: null };

  it('are compared without order, dashes, case and repetition', () => {
    assert.deepEqual(recipientsOf({ mechanisms }), ['email x@e.com', 'webhooks a1', 'webhooks b']);
    const same = { webhooks: [{ id: 'b' }, { id: 'a1' }, { id: 'B' }], email: [{ id: 'x@E.com' }] };
    assert.ok(hasSameRecipients({ mechanisms }, { mechanisms: same }));
    for (const other of [
      { ...same, email: [] },
      { ...same, webhooks: [{ id: 'b' }] },
      { ...same, pagerduty: [{ id: 'p' }] },
      { email: same.webhooks, webhooks: same.email },
    ]) {
      assert.ok(!hasSameRecipients({ mechanisms }, { mechanisms: other }), JSON.stringify(other));
    }
  });

  it('keep what they have and add what is missing', () => {
    const policy = { ...wholeWith(mechanisms), mechanisms: { webhooks: ['A-1', 'b'] } };
    const added = withDestinations(policy, ['a1', 'c']) as { mechanisms: { webhooks: unknown } };
    assert.deepEqual(added.mechanisms.webhooks, [{ id: 'A-1' }, { id: 'b' }, { id: 'c' }]);
  });
});

describe('differing fields of policies', () => {
  const cases: readonly (readonly [object, object, readonly string[]])[] = [
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1 }, { a: 2 }, ['a']],
    [{ a: 1 }, {}, ['a']],
    [{}, { b: { c: [1] } }, ['b']],
    [{ a: null, b: '', c: [], d: {}, e: undefined }, {}, []],
    [{ a: { x: null } }, {}, []],
    [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, []],
    [{ a: [1, 2] }, { a: [2, 1] }, ['a']],
    [{ a: [] }, { a: [0] }, ['a']],
    [{ a: false }, {}, ['a']],
    [{ a: 0 }, {}, ['a']],
    [{ a: '1' }, { a: 1 }, ['a']],
    [{ modified: 1, created: 1 }, { modified: 2, created: 2 }, []],
    [{ mechanisms: { webhooks: [{ id: 'a' }] } }, { mechanisms: { webhooks: [] } }, []],
    [{ mechanisms: { email: [{ id: 'a' }] } }, { mechanisms: {} }, ['mechanisms']],
    [{ mechanisms: null }, { mechanisms: 'x' }, []],
  ];
  for (const [a, b, fields] of cases) {
    it(`of ${JSON.stringify(a)} and ${JSON.stringify(b)} are ${fields.join() || 'none'}`, () => {
      assert.deepEqual(differingFields({ ...a }, { ...b }), fields);
      assert.deepEqual(differingFields({ ...b }, { ...a }), fields);
    });
  }
});

describe('where a sent alert went', () => {
  const destination = {
    id: '1d2dc92b-f84e-4aff-bd9c-205d94b0b4e8',
    name: 'Ops',
    type: 'generic',
    url: 'https://e.com/1',
  };
  const alert = { policyId: 'p', policyName: 'P', alertType: 'x', sent: '' };
  for (const [mechanismKind, mechanism, expected] of [
    ['webhook', destination.id, true],
    ['webhooks', destination.id.replaceAll('-', ''), true],
    ['webhooks', 'Ops', true],
    ['webhooks', 'https://e.com/1', true],
    ['webhooks', 'ops', false],
    ['webhooks', '', false],
    ['email', 'Ops', false],
    ['pagerduty', destination.id, false],
    ['', destination.id, false],
    ['webhooksx', destination.id, false],
  ] as const) {
    it(`takes ${mechanismKind || 'no kind'} ${mechanism} for ${expected ? 'this destination' : 'another'}`, () => {
      assert.equal(wentTo({ ...alert, mechanismKind, mechanism }, destination), expected);
    });
  }

  it('takes an empty mechanism for none, also where the destination has no name', () => {
    assert.ok(!wentTo({ ...alert, mechanismKind: 'webhooks', mechanism: '' }, { ...destination, name: '' }));
  });
});

describe('policy', () => {
  it('uses a destination by its ID with or without dashes', () => {
    assert.ok(usesDestination(makePolicy([DASHED]), BARE) && usesDestination(makePolicy([BARE]), DASHED));
    assert.ok(!usesDestination(makePolicy(['b']), 'a') && !usesDestination(makePolicy([], ['a']), 'a'));
    assert.deepEqual(
      policiesOf([makePolicy(['a'], [], 'Z'), makePolicy(['b'], [], 'B'), makePolicy(['a'], [], 'A')], 'a').map(
        ({ name }) => name,
      ),
      ['A', 'Z'],
    );
    assert.equal(countMechanisms(makePolicy(['a', 'b'], ['c'])), 3);
  });

  describe('swapping a destination', () => {
    for (const [what, before, after] of [
      ['in its place', ['x', 'a', 'y'], ['x', 'n', 'y']],
      ['in either form of the ID', ['x', 'A-', 'y'], ['x', 'n', 'y']],
      ['in both forms of the ID', ['x', 'a', 'y', 'A-'], ['x', 'n', 'y']],
      ['that is not there', ['x', 'y'], ['x', 'y']],
      ['in a policy that holds both IDs, old first', ['a', 'n', 'x'], ['n', 'x']],
      ['in a policy that holds both IDs, new first', ['n', 'a'], ['n']],
      ['in a policy that holds the new ID in another form', ['a', 'N-'], ['N-']],
      ['in a policy that holds the old ID twice together with the new one', ['a', 'n', 'a'], ['n']],
    ] as const) {
      it(`swaps one ${what}`, () => {
        assert.deepEqual(webhooksOf(swapDestination(makePolicy(before), 'a', 'n')), after);
      });
    }

    it('changes nothing else of the policy', () => {
      const policy = makePolicy(['a'], ['m']);
      const { mechanisms, ...rest } = swapDestination(policy, 'a', 'n');
      const { mechanisms: before, ...others } = policy.whole;
      assert.deepEqual(rest, others);
      assert.deepEqual(mechanisms, { ...(before as object), webhooks: [{ id: 'n' }] });
    });
  });

  describe('restoring a destination', () => {
    for (const [what, before, after] of [
      ['in the place of its old ID', ['x', 'a', 'y'], ['x', 'n', 'y']],
      ['after the others where the old ID is gone', ['x'], ['x', 'n']],
      ['once where it is there already', ['n', 'x'], ['n', 'x']],
      ['once where both IDs are there', ['a', 'n'], ['n']],
    ] as const) {
      it(`adds it ${what}`, () => {
        assert.deepEqual(webhooksOf(restoreDestinationIn(makePolicy(before), 'a', 'n')), after);
      });
    }
  });

  describe('removing destinations', () => {
    const existing = createIdSet(['b']);
    for (const [what, webhooks, email, expected] of [
      ['and keeps the others', ['a', 'b'], [], ['b']],
      ['where an email address is left', ['a'], ['m'], []],
      ['and keeps a dangling ID beside an email address', ['a', 'gone'], ['m'], ['gone']],
      ['but not the last mechanism', ['a'], [], undefined],
      ['but not where only a dangling ID would be left', ['a', 'gone'], [], undefined],
    ] as const) {
      it(`removes one ${what}`, () => {
        assert.deepEqual(
          webhooksOf(withoutDestinations(makePolicy(webhooks, email), createIdSet(['a']), existing)),
          expected,
        );
      });
    }

    it('counts every ID where it is not known which exist', () => {
      assert.deepEqual(webhooksOf(withoutDestinations(makePolicy(['a', 'gone']), createIdSet(['a']))), ['gone']);
    });

    it('removes it in either form of the ID', () => {
      assert.deepEqual(webhooksOf(withoutDestinations(makePolicy([DASHED, 'b']), createIdSet([BARE]))), ['b']);
    });
  });

  describe('comparing what was sent and what is there', () => {
    const whole = makePolicy(['a'], ['m']).whole;
    for (const [what, change, fields] of [
      ['nothing', {}, []],
      ['the name', { name: 'Q' }, ['name']],
      ['a filter', { filters: { zones: ['y'] } }, ['filters']],
      ['the order within a filter', { filters: { zones: ['z', 'y'] } }, ['filters']],
      ['a new field', { conditions: { a: 1 } }, ['conditions']],
      ['another mechanism', { mechanisms: { webhooks: [{ id: 'a' }], email: [{ id: 'n' }] } }, ['mechanisms']],
      ['a dropped mechanism', { mechanisms: { webhooks: [{ id: 'a' }] } }, ['mechanisms']],
    ] as const) {
      it(`names the fields that differ: ${what}`, () => {
        assert.deepEqual(differingFields(whole, { ...whole, ...change }), fields);
        assert.deepEqual(differingFields({ ...whole, ...change }, whole), fields);
      });
    }

    for (const [what, change] of [
      ['webhooks', { mechanisms: { webhooks: [{ id: 'b' }], email: [{ id: 'm' }] } }],
      ['times that Cloudflare sets', { modified: '2026', created: '2025' }],
      ['fields that are null, empty or absent', { description: '', conditions: null, extra: {}, list: [] }],
      ['the order of keys', { filters: { zones: ['z'] }, name: 'P' }],
    ] as const) {
      it(`ignores ${what}`, () => {
        assert.deepEqual(differingFields(whole, { ...whole, ...change }), []);
      });
    }

    it('compares webhooks as sets, in either form of the ID', () => {
      const has = (a: readonly string[], b: readonly string[]) =>
        hasSameWebhooks(makePolicy(a).whole, makePolicy(b).whole);
      assert.ok(has(['a', 'b'], ['b', 'a']) && has([DASHED], [BARE]) && has([], []));
      assert.ok(!has(['a'], ['a', 'b']) && !has(['a', 'b'], ['a']) && !has(['a'], ['b']) && !has(['a'], []));
    });
  });
});
