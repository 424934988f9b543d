import assert from 'node:assert/strict';
import type { ApiError } from '../../../../src/core/api/api-error.ts';
import type { Api } from '../../../../src/core/api/client.ts';
import {
  createPolicy,
  listAlertTypes,
  listIneligibleKinds,
  listSilences,
} from '../../../../src/core/api/alerting-calls.ts';
import { silencedUntil } from '../../../../src/core/model/silence.ts';
import { controls } from '../../../fake-cloudflare/control.ts';
import { ACCOUNT, useFakeAccount } from '../destinations/fake-account.ts';
import { makeApi } from './fake-api.ts';

const answering = (result: unknown): Api => makeApi({ request: async () => result });

describe('alerting calls, against the fake', () => {
  const account = useFakeAccount();

  it('lists the alert types of all products with their filters', async () => {
    const types = await listAlertTypes(account.api(), ACCOUNT);
    const incidents = types.find(({ type }) => type === 'incident_alert');
    assert.deepEqual([incidents?.product, incidents?.name], ['Cloudflare Status', 'Incident Alert']);
    assert.deepEqual(
      incidents?.filters.map(({ key, isRequired, values }) => [key, isRequired, values[0]?.id]),
      [['incident_impact', false, 'INCIDENT_IMPACT_MINOR']],
    );
    assert.deepEqual(
      types.filter(({ filters }) => filters.some(({ isRequired }) => isRequired)).map(({ type }) => type).length,
      5,
    );
  });

  it('lists the mechanisms that an account may not use, whether lists or objects answer', async () => {
    assert.deepEqual([...(await listIneligibleKinds(account.api(), ACCOUNT))], []);
    const [owner] = controls.accounts(account.world());
    assert.ok(owner);
    controls.putAccount(account.world(), { ...owner, ineligible: ['webhook', 'pagerduty'] });
    assert.deepEqual([...(await listIneligibleKinds(account.api(), ACCOUNT))].toSorted(), ['pagerduty', 'webhooks']);
  });

  it('lists silences', async () => {
    const [owner] = controls.accounts(account.world());
    assert.ok(owner);
    const silence = { id: 's', policy_id: 'p', start_time: '2026-01-01T00:00:00Z', end_time: '2026-01-02T00:00:00Z' };
    controls.putAccount(account.world(), { ...owner, silences: [silence] });
    assert.deepEqual(await listSilences(account.api(), ACCOUNT), [
      { policyId: 'p', start: silence.start_time, end: silence.end_time },
    ]);
  });

  it('creates a policy once, even where the answer is lost', async () => {
    const policy = { name: 'P', alert_type: 'dos_attack_l7', mechanisms: { email: [{ id: 'a@example.com' }] } };
    const id = await createPolicy(account.api(), ACCOUNT, policy);
    assert.equal(account.policies()[0]?.id, id);
    account.fail({ method: 'POST', fault: { kind: 'reset' }, after: true });
    await assert.rejects(createPolicy(account.api(), ACCOUNT, { ...policy, name: 'Q' }), { kind: 'network' });
    assert.deepEqual([account.posts(), account.policies().length], [2, 2]);
  });

  it('reports refusals with their codes', async () => {
    const refused = { name: 'P', alert_type: 'made_up', mechanisms: { email: [{ id: 'a@example.com' }] } };
    await assert.rejects(createPolicy(account.api(), ACCOUNT, refused), (error: { details: { codes: number[] } }) =>
      error.details.codes.includes(17004),
    );
  });
});

describe('decoding of alerting calls', () => {
  for (const result of [undefined, null, 'text', [], 3]) {
    it(`reads ${JSON.stringify(result)} as nothing`, async () => {
      assert.deepEqual(await listAlertTypes(answering(result), 'a'), []);
      assert.deepEqual([...(await listIneligibleKinds(answering(result), 'a'))], []);
    });
  }

  it('leaves out malformed entries and keeps the others', async () => {
    const good = {
      type: 'ssl',
      display_name: null,
      filter_options: [{ Key: 'zones', Range: '1-n' }, { Key: 3 }, null],
    };
    const [type, ...others] = await listAlertTypes(answering({ SSL: [null, { type: 3 }, good], Odd: 'text' }), 'a');
    assert.deepEqual(others, []);
    assert.deepEqual(
      [type?.name, type?.product, type?.filters.map(({ key, isRequired }) => [key, isRequired])],
      ['ssl', 'SSL', [['zones', true]]],
    );
    const silences = await listSilences(answering([{ policy_id: 'p', end_time: null }, {}, null]), 'a');
    assert.deepEqual(silences, [{ policyId: 'p', start: '', end: '' }]);
  });

  it('reads a product with one alert type instead of a list', async () => {
    const types = await listAlertTypes(answering({ SSL: { type: 'ssl', display_name: 'SSL Alert' } }), 'a');
    assert.deepEqual(types, [{ type: 'ssl', name: 'SSL Alert', product: 'SSL', description: '', filters: [] }]);
  });

  for (const [result, expected] of [
    [{ webhook: { eligible: false } }, ['webhooks']],
    [{ email: { eligible: false } }, ['email']],
    [
      {
        a: [
          { type: 'webhook', eligible: false },
          { type: 'pagerduty', eligible: true },
        ],
      },
      ['webhooks'],
    ],
    [{ a: { type: 'email', eligible: false } }, ['email']],
    [{ webhook: { type: 3, eligible: false } }, ['webhooks']],
    [{ webhook: { type: null, eligible: false } }, ['webhooks']],
    [{ sms: [{ eligible: false }] }, ['sms']],
    [{ webhook: null, email: 'no', pagerduty: [null, { eligible: false }] }, ['pagerduty']],
    [{ webhook: {}, email: { eligible: 'false' } }, []],
  ] as const) {
    it(`reads ${JSON.stringify(result)} as ${expected.length === 0 ? 'all allowed' : `no ${expected[0]}`}`, async () => {
      assert.deepEqual([...(await listIneligibleKinds(answering(result), 'a'))], expected);
    });
  }

  it('says what it expected instead of a list of silences', async () => {
    await assert.rejects(
      listSilences(answering({}), 'a'),
      (error: ApiError) => error.details.forLog?.startsWith('expected a list of silences,') === true,
    );
  });

  it('can be canceled: every call passes its signal on', async () => {
    const { signal } = new AbortController();
    const given: unknown[] = [];
    const api = makeApi({
      request: async (_account, path, options) => {
        given.push([path, options]);
        return path === 'policies' ? { id: 'p' } : [];
      },
    });
    await listAlertTypes(api, 'a', signal);
    await listIneligibleKinds(api, 'a', signal);
    await listSilences(api, 'a', signal);
    await createPolicy(api, 'a', { name: 'P' }, signal);
    assert.deepEqual(given, [
      ['available_alerts', { signal }],
      ['destinations/eligible', { signal }],
      ['silences', { signal }],
      ['policies', { body: { name: 'P' }, signal }],
    ]);
  });

  it('reads how many values a filter takes', async () => {
    const options = ['0-1', '1-n', '0-n', 'odd', '10-25', 'x0-1', '0-1x'].map((Range, index) => ({
      Key: `k${index}`,
      Range,
    }));
    const [type] = await listAlertTypes(answering({ A: [{ type: 't', filter_options: options }] }), 'a');
    assert.deepEqual(
      type?.filters.map(({ most, isRequired }) => [most, isRequired]),
      [
        [1, false],
        [undefined, true],
        [undefined, false],
        [undefined, false],
        [25, true],
        [undefined, false],
        [undefined, false],
      ],
    );
  });

  it('takes the latest end of several silences, with or without dashes in the ID', () => {
    const id = '1d2dc92bf84e4affbd9c205d94b0b4e8';
    const silences = ['2026-01-02T00:00:00Z', '2026-01-05T00:00:00Z', '2026-01-03T00:00:00Z'].map((end) => ({
      policyId: '1d2dc92b-f84e-4aff-bd9c-205d94b0b4e8',
      start: '2026-01-01T00:00:00Z',
      end,
    }));
    assert.equal(silencedUntil(silences, id, Date.parse('2026-01-01T12:00:00Z')), '2026-01-05T00:00:00Z');
    assert.equal(silencedUntil(silences, id, Date.parse('2026-01-05T00:00:00Z')), undefined);
  });
});
