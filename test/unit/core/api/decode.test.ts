import assert from 'node:assert/strict';
import { assert as forAll, array, jsonValue, property } from 'fast-check';
import {
  decodeAlertNames,
  decodeDestinations,
  decodeEnvelope,
  decodePolicies,
  decodeSentAlerts,
} from '../../../../src/core/api/decode.ts';
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
