import assert from 'node:assert/strict';
import { demoTokens } from '../../fake-cloudflare/demo-tokens.ts';
import { demoAccountId, demoFailing, demoPopulation } from '../../fake-cloudflare/demo-world.ts';
import { destinationTypes } from '../../fake-cloudflare/destination-types.ts';
import { day, fromTimestamp } from '../../fake-cloudflare/timestamps.ts';

const now = Date.parse('2026-10-01T12:00:00Z');
const surroundings = { clock: () => now, receiversUrl: 'http://127.0.0.1:4000/receivers' };

describe('fake Cloudflare: the demo world', () => {
  const { accounts, tokens } = demoPopulation(surroundings);
  const destinations = accounts.flatMap((account) => account.destinations);

  it('is the same on every run', () => {
    assert.deepEqual(demoPopulation(surroundings), { accounts, tokens });
  });

  it('has about forty destinations of all eight types in three accounts, with unique ids', () => {
    assert.equal(accounts.length, 3);
    assert.ok(destinations.length >= 38 && destinations.length <= 42);
    assert.deepEqual(new Set(destinations.map(({ type }) => type)), new Set(destinationTypes));
    assert.equal(new Set(destinations.map(({ id }) => id)).size, destinations.length);
    assert.ok(destinations.every(({ id }) => /^[0-9a-f]{32}$|^[0-9a-f-]{36}$/.test(id)));
  });

  it('lists all failing destinations, in at least two accounts', () => {
    const failing = accounts.flatMap(({ id: account, destinations: own }) =>
      own
        .filter(({ last_failure, last_success }) => last_failure && last_failure > (last_success ?? ''))
        .map(({ id, name }) => ({ account, id, name })),
    );
    assert.deepEqual(failing, demoFailing);
    assert.equal(failing.length, 4);
    assert.ok(new Set(failing.map(({ account }) => account)).size >= 2);
  });

  it('has unused destinations with null timestamps and without timestamps', () => {
    assert.ok(destinations.some(({ last_success, last_failure }) => last_success === null && last_failure === null));
    assert.ok(destinations.some((destination) => !('last_success' in destination)));
  });

  it('has a policy with the id of a deleted destination, a disabled policy, and all kinds of mechanisms', () => {
    const policies = accounts.flatMap((account) => account.policies);
    const ids = new Set(destinations.map(({ id }) => id));
    assert.ok(policies.some(({ mechanisms }) => mechanisms.webhooks?.some(({ id }) => !ids.has(id))));
    assert.ok(policies.some(({ enabled }) => !enabled));
    assert.ok(policies.some(({ mechanisms }) => mechanisms.email && mechanisms.pagerduty && mechanisms.webhooks));
  });

  it('has a policy whose only mechanism is a failing destination', () => {
    const failing = new Set(demoFailing.map(({ id }) => id));
    const policies = accounts.flatMap((account) => account.policies);
    assert.ok(
      policies.some(({ mechanisms }) => {
        const all = Object.values(mechanisms).flat();
        return all.length === 1 && failing.has(all[0]?.id ?? '');
      }),
    );
  });

  it('has no policy with a destination of a different account', () => {
    const foreignDestinations = accounts.flatMap(({ policies, destinations: own }) =>
      policies
        .flatMap(({ mechanisms }) => mechanisms.webhooks ?? [])
        .filter(({ id }) => destinations.some((one) => one.id === id) && !own.some((one) => one.id === id)),
    );
    assert.deepEqual(foreignDestinations, []);
  });

  it('has history in the last thirty days, with both formats of alert_body', () => {
    const history = accounts.flatMap((account) => account.history);
    const moments = history.map(({ sent }) => fromTimestamp(sent) ?? 0);
    assert.ok(Math.max(...moments) < now * 1000);
    assert.ok(Math.min(...moments) > now * 1000 - 30 * day);
    assert.deepEqual(new Set(history.map(({ alert_body }) => typeof alert_body)), new Set(['string', 'object']));
    assert.equal(new Set(history.map(({ id }) => id)).size, history.length);
  });

  it('contains all demo tokens', () => {
    assert.deepEqual(
      tokens.map(({ value }) => value),
      Object.values(demoTokens),
    );
    assert.ok(accounts.some(({ id }) => id === demoAccountId('Halden Logistics')));
  });
});
