import assert from 'node:assert/strict';
import { assert as forAll, array, jsonValue, property } from 'fast-check';
import {
  decodeAccounts,
  decodeAlertNames,
  decodeDestination,
  decodeDestinations,
  decodeEnvelope,
  decodeId,
  decodePolicies,
  decodePolicy,
  decodeSentAlerts,
  decodeTokenStatus,
} from '../../../../src/core/api/decode.ts';
import { skippedIn } from '../../../../src/core/api/skipped.ts';
import { makeSnapshot } from '../../../../src/core/monitoring/snapshot.ts';
import { ApiError } from '../../../../src/core/api/api-error.ts';
import { parseTimestamp, toMilliseconds } from '../../../../src/core/model/timestamp.ts';
import recorded from '../../../fixtures/recorded-answers.json' with { type: 'json' };

describe('decoding', () => {
  it('reads the recorded answer of the live API for destinations', () => {
    const answer = recorded['GET /accounts/{account_id}/alerting/v3/destinations/webhooks'];
    assert.deepEqual(decodeEnvelope(JSON.stringify(answer)), { success: true, errors: [] });
    const [destination] = decodeDestinations(answer.result);
    assert.deepEqual(destination, {
      id: '1dbdd679dc554259b0d1928b787d0dab',
      name: 'my webhooks destination for receiving Cloudflare notifications',
      type: 'generic',
      url: 'https://httpbin.org/post',
      createdAt: '2025-03-12T17:31:52.88075Z',
    });
    const at = parseTimestamp(destination?.createdAt) ?? assert.fail();
    assert.equal(toMilliseconds(at), Date.UTC(2025, 2, 12, 17, 31, 52, 880));
  });

  it('reads the recorded answer of the live API for policies, and keeps each whole', () => {
    const answer = recorded['GET /accounts/{account_id}/alerting/v3/policies'];
    const policies = decodePolicies(answer.result);
    assert.deepEqual(
      policies.map(({ name, enabled, alertType, mechanisms }) => ({ name, enabled, alertType, mechanisms })),
      [
        {
          name: 'foo2',
          enabled: true,
          alertType: 'universal_ssl_event_type',
          mechanisms: { email: ['test@example.com'] },
        },
        {
          name: 'workers usage notification',
          enabled: true,
          alertType: 'billing_usage_alert',
          mechanisms: { email: ['test@example.com'] },
        },
      ],
    );
    assert.deepEqual(
      policies.map(({ whole }) => whole),
      answer.result,
    );
  });

  it('shows an entry once that a list repeats, also with the ID in another spelling', () => {
    const told: unknown[] = [];
    const list = [{ id: 'ab-1', name: 'first' }, { id: 'c' }, { id: 'AB1' }];
    assert.deepEqual(
      decodeDestinations(list, (odd) => told.push(odd)).map(({ id }) => id),
      ['ab-1', 'c'],
    );
    assert.deepEqual(
      decodePolicies(list).map(({ id }) => id),
      ['ab-1', 'c'],
    );
    assert.deepEqual(told, [{ skipped: 0, places: ['repeated IDs'] }]);
  });

  it('shows a policy whose mechanisms are odd, and names what it could not read', () => {
    const places: string[] = [];
    const policies = decodePolicies(
      [
        {
          id: 'a',
          mechanisms: { webhooks: [{ id: 'x' }, 'y', { id: 3 }], email: 'z', pagerduty: { id: 'p' }, slack: null },
        },
        { id: 'b', mechanisms: 'none', enabled: 'yes' },
        { name: 'without an ID' },
      ],
      (odd) => places.push(...odd.places, `${odd.skipped} skipped`),
    );
    assert.deepEqual(
      policies.map(({ id, enabled, mechanisms }) => ({ id, enabled, mechanisms })),
      [
        { id: 'a', enabled: true, mechanisms: { webhooks: ['x'], email: [], pagerduty: ['p'], slack: [] } },
        { id: 'b', enabled: true, mechanisms: {} },
      ],
    );
    assert.deepEqual(
      places.toSorted(),
      [
        '0.mechanisms.email',
        '0.mechanisms.webhooks.1',
        '0.mechanisms.webhooks.2.id',
        '1.enabled',
        '1.mechanisms',
        '1 skipped',
        '2.id',
      ].toSorted(),
    );
  });

  it('takes nothing for an empty list, and refuses what is none', () => {
    assert.deepEqual(decodeDestinations(null), []);
    assert.deepEqual(decodeDestinations(undefined), []);
    for (const result of [{}, 'text', 7, [7], [{}]]) {
      assert.throws(() => decodeDestinations(result), { name: 'ApiError', kind: 'protocol' });
    }
  });

  it('leaves out odd alert types, and keys that every object has', () => {
    const names = decodeAlertNames({
      A: [{ type: 'constructor', display_name: 'C' }, null, { type: 3 }],
      B: 'none',
      C: null,
    });
    assert.deepEqual([...names], [['constructor', 'C']]);
  });

  it('takes nothing for no names of alert types', () => {
    assert.deepEqual([decodeAlertNames(null).size, decodeAlertNames(undefined).size], [0, 0]);
  });

  for (const nothing of [null, undefined, '']) {
    it(`takes ${JSON.stringify(nothing)} in every optional field for nothing`, () => {
      const times = { created_at: nothing, last_success: nothing, last_failure: nothing };
      const webhook = { id: 'a', name: nothing, type: nothing, url: nothing, ...times };
      const bare = { id: 'a', name: '', type: '', url: '' };
      assert.deepEqual(decodeDestination(webhook), bare);
      assert.deepEqual(decodeDestinations([webhook]), [bare]);
      assert.deepEqual(decodeTokenStatus({ id: nothing, status: 'active', expires_on: nothing }), { status: 'active' });
      assert.deepEqual(decodeAccounts([{ id: 'a', name: nothing }]), [{ id: 'a', name: 'a' }]);
      const policy = decodePolicy({ id: 'p', name: nothing, alert_type: nothing });
      assert.deepEqual([policy.name, policy.alertType, policy.enabled, policy.mechanisms], ['', '', true, {}]);
      assert.deepEqual(decodeSentAlerts([{ sent: nothing, mechanism: nothing }])[0]?.sent, '');
    });
  }

  it('reads a policy whose mechanisms are null or have no ID', () => {
    const mechanisms = { webhooks: null, email: [{ id: null }, { id: 'a@e.com' }, {}] };
    assert.deepEqual(decodePolicy({ id: 'p', enabled: null, mechanisms }).mechanisms, {
      webhooks: [],
      email: ['a@e.com'],
    });
    assert.deepEqual(decodePolicy({ id: 'p', mechanisms: null }).mechanisms, {});
  });

  it('reads one destination and one policy as leniently as in a list', () => {
    const odd = { id: 'a', name: 7, url: ['x'], last_success: 1_790_000_000, last_failure: true, added: {} };
    assert.deepEqual(decodeDestination(odd), decodeDestinations([odd])[0]);
    assert.equal(decodeDestination(odd).lastSuccess, '2026-09-21T14:13:20.000Z');
    const mechanisms = { webhooks: [{ id: 'x' }, 'y'], pagerduty: { id: 'p' }, added: 1 };
    const policy = { id: 'p', name: 7, enabled: 'yes', mechanisms };
    assert.deepEqual(decodePolicy(policy), decodePolicies([policy])[0]);
    assert.deepEqual(decodePolicy(policy).mechanisms, { webhooks: ['x'], pagerduty: ['p'], added: [] });
    assert.equal(decodePolicy(policy).whole, policy);
  });

  it('converts times that are numbers of seconds or milliseconds in this century', () => {
    const timeOf = (value: unknown) => decodeDestinations([{ id: 'a', last_success: value }])[0]?.lastSuccess;
    assert.equal(timeOf(1_790_000_000), '2026-09-21T14:13:20.000Z');
    assert.equal(timeOf(1_790_000_000_000), '2026-09-21T14:13:20.000Z');
    assert.equal(timeOf('1790000000'), '2026-09-21T14:13:20.000Z');
    for (const odd of ['1', 0, 1, -1, 9e8, 5e12, 1e300, Number.NaN, true, {}, []]) {
      assert.equal(timeOf(odd), 'unreadable', JSON.stringify(odd));
    }
  });

  it('keeps that a last failure cannot be read: the destination may be failing', () => {
    for (const [time, doubtful] of [
      ['2026-11-30 10:00', 1],
      ['2026-02-30T10:00:00Z', 1],
      [12, 1],
      [{ at: 'x' }, 1],
      [null, 0],
      ['', 0],
      ['0001-01-01T00:00:00Z', 0],
      ['2016-12-31T23:59:60Z', 0],
    ] as const) {
      const list = decodeDestinations([
        { id: 'a', last_success: '2026-01-01T00:00:00Z', last_failure: time },
        { id: 'b', created_at: time },
      ]);
      const snapshot = makeSnapshot(1, list, undefined, skippedIn(list));
      assert.deepEqual([list.length, snapshot.skipped, snapshot.doubtful], [2, 0, doubtful], JSON.stringify(time));
    }
  });

  it('notes in a list how many of its entries are left out', () => {
    assert.equal(skippedIn(decodeDestinations([{ id: 'a' }, 'x', { id: 7 }])), 2);
    assert.equal(skippedIn([]), 0);
  });

  it('keeps and notes a time that has no form of a timestamp', () => {
    const told: unknown[] = [];
    const odd = { id: 'a', created_at: '', last_success: '2026-09-21', last_failure: '0001-01-01T00:00:00Z' };
    assert.equal(decodeDestinations([odd], ({ places }) => told.push(...places))[0]?.lastSuccess, '2026-09-21');
    assert.deepEqual(told, ['0.last_success']);
  });

  for (const [what, decode, value, reason] of [
    ['one destination', decodeDestination, {}, 'expected a webhook destination, but cannot read 0.id'],
    ['destinations', decodeDestinations, {}, 'expected a list of webhook destinations, but result should be Array'],
    [
      'destinations without IDs',
      decodeDestinations,
      [null, {}, { id: 3 }, {}],
      'expected a list of webhook destinations, but cannot read 0, 1.id, 2.id',
    ],
    ['accounts', decodeAccounts, 'x', 'expected a list of accounts, but result should be Array'],
    ['one policy', decodePolicy, null, 'expected a policy, but cannot read 0'],
    ['policies', decodePolicies, 3, 'expected a list of policies, but result should be Array'],
    ['sent alerts', decodeSentAlerts, {}, 'expected a list of sent alerts, but result should be Array'],
    ['names of alerts', decodeAlertNames, 'x', 'expected a list of alert types, but result should be Object'],
    ['a token status', decodeTokenStatus, null, 'expected a token status, but result should be Object'],
    ['an empty ID', decodeId, { id: '' }, 'expected the id of the new destination, but id should be something else'],
  ] as const) {
    it(`says what it expected instead of ${what}`, () => {
      assert.throws(
        () => decode(value),
        (error: ApiError) => error.kind === 'protocol' && error.details.forLog === reason,
      );
    });
  }

  it('reads every field of a sent alert', () => {
    const alert = {
      policy_id: 'p',
      name: 'P',
      alert_type: 'ssl',
      mechanism: 'w',
      mechanism_type: 'webhooks',
      sent: '2026-01-01T00:00:00Z',
    };
    assert.deepEqual(decodeSentAlerts([alert, { sent: 1_790_000_000 }]), [
      {
        policyId: 'p',
        policyName: 'P',
        alertType: 'ssl',
        mechanism: 'w',
        mechanismKind: 'webhooks',
        sent: '2026-01-01T00:00:00Z',
      },
      {
        policyId: '',
        policyName: '',
        alertType: '',
        mechanism: '',
        mechanismKind: '',
        sent: '2026-09-21T14:13:20.000Z',
      },
    ]);
  });

  it('reads the ID and the end of a token', () => {
    const end = '2026-12-31T00:00:00Z';
    assert.deepEqual(decodeTokenStatus({ id: 't', status: 'active', expires_on: end }), {
      status: 'active',
      id: 't',
      expiresOn: end,
    });
  });

  it('reads a disabled policy, and finds nothing odd in one without mechanisms', () => {
    const places: string[] = [];
    const [policy] = decodePolicies([{ id: 'p', enabled: false }], (odd) => places.push(...odd.places));
    assert.deepEqual([policy?.enabled, policy?.mechanisms, places], [false, {}, []]);
  });

  it('reports what is odd in lists of accounts and sent alerts', () => {
    const told: unknown[] = [];
    decodeAccounts([{ id: 'a', name: 3 }, {}], (odd) => told.push(odd));
    decodeSentAlerts([{ sent: true }, null], (odd) => told.push(odd));
    assert.deepEqual(told, [
      { skipped: 1, places: ['0.name', '1.id'] },
      { skipped: 1, places: ['0.sent', '1'] },
    ]);
  });

  it('leaves out names of alert types of wrong types, and empty ones', () => {
    const names = decodeAlertNames({
      A: [
        { type: 'a', display_name: 3 },
        { type: 3, display_name: 'three' },
        { type: 'b', display_name: '' },
      ],
      B: { type: 'c', display_name: 'C' },
    });
    assert.deepEqual([...names], [['c', 'C']]);
  });

  it('never quotes a value in the reason of an error', () => {
    const canary = 'c4n4ry';
    for (const decode of [decodeDestination, decodePolicy, decodeId, decodeTokenStatus]) {
      for (const value of [canary, { id: { canary } }, { id: [canary], status: canary }, [canary]]) {
        assert.throws(
          () => decode(value),
          (error) => error instanceof ApiError && error.kind === 'protocol' && !String(error).includes(canary),
        );
      }
    }
    for (const decode of [decodeDestinations, decodePolicies, decodeAccounts]) {
      for (const value of [canary, [canary], [{ id: { canary } }]]) {
        assert.throws(
          () => decode(value),
          (error) => error instanceof ApiError && error.kind === 'protocol' && !String(error).includes(canary),
        );
      }
    }
  });

  it('refuses an ID that is missing or empty, and names its place', () => {
    for (const value of [{}, { id: '' }, { id: null }, { id: 3 }, { id: 'a\uD800' }, null]) {
      assert.throws(() => decodeId(value), { name: 'ApiError', kind: 'protocol' });
      assert.throws(() => decodeDestination(value), { name: 'ApiError', kind: 'protocol' });
    }
    assert.throws(
      () => decodeId({ id: 3 }),
      (error: ApiError) => error.details.forLog === 'expected the id of the new destination, but id should be string',
    );
  });

  it('reads the errors of an envelope one by one', () => {
    const errors = [
      { code: null, message: 'a' },
      { code: '971' },
      { code: 7003, message: 3 },
      'odd',
      null,
      { code: 'x1' },
      { code: '971x' },
      { code: ['971'] },
      { code: '1234567890' },
    ];
    assert.deepEqual(decodeEnvelope(JSON.stringify({ success: false, errors }))?.errors, [
      { message: 'a' },
      { message: '', code: 971 },
      { message: '', code: 7003 },
      { message: '' },
      { message: '' },
      { message: '' },
      { message: '' },
    ]);
    assert.deepEqual(decodeEnvelope('{"success":false,"errors":"no"}'), { success: false, errors: [] });
    assert.deepEqual(decodeEnvelope('{"success":false}'), { success: false, errors: [] });
    for (const body of ['', 'null', '[]', '{}', '{"success":1}', '{"success":"true"}', '<html>', '{"success":true']) {
      assert.equal(decodeEnvelope(body), undefined, body);
    }
  });

  it('throws nothing but an ApiError, whatever the answer', () => {
    forAll(
      property(array(jsonValue()), (result) => {
        for (const decode of [decodeDestinations, decodePolicies, decodeSentAlerts]) {
          try {
            decode(result);
          } catch (error) {
            assert.ok(error instanceof ApiError);
          }
        }
      }),
    );
  });
});
