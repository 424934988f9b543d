import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { suggestAt } from '../../../../src/core/formats/policy-completion.ts';
import {
  destinationsIn,
  editableOf,
  fieldOfCode,
  formatPolicy,
  itemRemovalAt,
  mergePolicy,
  parsePolicyDocument,
  type PolicyContext,
  rangeOf,
} from '../../../../src/core/formats/policy-document.ts';
import type { AlertType } from '../../../../src/core/model/alert-type.ts';
import { makeDestination } from '../api/fake-api.ts';

const ALERT: AlertType = {
  type: 'incident_alert',
  name: 'Incident Alert',
  product: 'Status',
  description: '',
  filters: [
    { key: 'impact', isRequired: true, most: 1, values: [{ id: 'MAJOR', description: '' }] },
    { key: 'zones', isRequired: false, values: [] },
  ],
};
const context: PolicyContext = {
  alertTypes: [ALERT],
  destinations: [makeDestination('d1')],
  ineligible: new Set(['pagerduty']),
};
const sound = {
  name: 'P',
  alert_type: 'incident_alert',
  enabled: true,
  filters: { impact: ['MAJOR'] },
  mechanisms: { webhooks: [{ id: 'd1' }] },
};
const findingsOf = (changes: object, given = context) =>
  parsePolicyDocument(JSON.stringify({ ...sound, ...changes }), given).findings.map(
    ({ severity, problem }) => `${severity} ${problem.kind}`,
  );

describe('policy document', () => {
  const cases: readonly (readonly [string, object, readonly string[]])[] = [
    ['nothing', {}, []],
    [
      'null in optional fields, as Cloudflare writes them',
      { description: null, alert_interval: null, filters: sound.filters },
      [],
    ],
    ['an unknown field', { conditions: { '>=': [1] } }, []],
    ['an empty name', { name: ' ' }, ['error emptyName']],
    ['a missing name', { name: undefined }, ['error missingKey']],
    ['no “enabled”, which would enable the policy', { enabled: undefined }, ['error missingKey']],
    ['null for “enabled”', { enabled: null }, ['error wrongType']],
    ['a wrong type', { enabled: 'yes' }, ['error wrongType']],
    ['null for a required field', { mechanisms: null }, ['error wrongType']],
    ['a read-only field', { id: 'x', created: 'y' }, ['warning readOnlyKey', 'warning readOnlyKey']],
    ['an unknown alert type', { alert_type: 'made_up' }, ['warning unknownAlertType']],
    ['a missing filter', { filters: {} }, ['error missingFilter']],
    ['a filter that is no list', { filters: { impact: 'MAJOR' } }, ['error wrongType', 'error missingFilter']],
    ['an unknown filter', { filters: { impact: ['MAJOR'], colour: ['red'] } }, ['warning unknownFilter']],
    ['an unknown value', { filters: { impact: ['HUGE'] } }, ['warning unknownValue']],
    ['too many values', { filters: { impact: ['MAJOR', 'MAJOR'] } }, ['warning tooManyValues']],
    ['no recipient', { mechanisms: { webhooks: [], email: null } }, ['error noMechanism']],
    ['a recipient without an ID', { mechanisms: { email: [{}] } }, ['error wrongType']],
    ['an unknown destination', { mechanisms: { webhooks: [{ id: 'gone' }] } }, ['warning danglingDestination']],
    ['an unknown mechanism', { mechanisms: { pigeon: [{ id: 'a' }] } }, ['warning unknownMechanism']],
    ['a mechanism that is not allowed', { mechanisms: { pagerduty: [{ id: 'a' }] } }, ['warning ineligible']],
  ];
  for (const [what, changes, expected] of cases) {
    it(`finds ${what}`, () => assert.deepEqual(findingsOf(changes), expected));
  }

  it('says nothing that it cannot know', () => {
    const changes = { alert_type: 'made_up', mechanisms: { webhooks: [{ id: 'gone' }] } };
    assert.deepEqual(findingsOf(changes, {}), []);
    assert.deepEqual(findingsOf({ mechanisms: changes.mechanisms }, { ...context, mayLack: true }), []);
  });

  it('keeps what only Cloudflare sets, whatever the document says', () => {
    const whole = { id: 'a', created: '1', modified: '2', name: 'P', conditions: {} };
    assert.deepEqual(JSON.parse(formatPolicy(whole)), { name: 'P', conditions: {} });
    assert.deepEqual(mergePolicy(whole, { id: 'b', modified: '3', name: 'Q' }), {
      id: 'a',
      created: '1',
      modified: '2',
      name: 'Q',
    });
    assert.deepEqual(editableOf({ id: 'b', name: 'Q' }), { name: 'Q' });
  });

  it('is no policy with a byte order mark, comments, or a key twice', () => {
    const text = JSON.stringify(sound);
    assert.equal(parsePolicyDocument(`\uFEFF${text}`).policy, undefined);
    assert.equal(parsePolicyDocument(text.replace('{', '{ // why')).findings[0]?.problem.kind, 'syntax');
    assert.deepEqual(
      parsePolicyDocument(text.replace('{', '{"name":"Q",')).findings.map(({ problem }) => problem.kind),
      ['duplicateKey'],
    );
  });

  it('finds a key twice at any depth: JSON keeps only the last one', () => {
    const text = JSON.stringify(sound);
    for (const [key, value] of [
      ['webhooks', '[{"id":"d1"}]'],
      ['impact', '["MAJOR"]'],
      ['id', '"d1"'],
    ]) {
      const { findings } = parsePolicyDocument(text.replace(`"${key}":`, `"${key}":${value},"${key}":`), context);
      assert.deepEqual(
        findings.map(({ problem }) => problem),
        [{ kind: 'duplicateKey', key }],
      );
    }
  });

  it('does not take inherited keys for its own', () => {
    const text = '{"__proto__": {"name": "x"}, "constructor": [], "toString": 1}';
    const { policy, findings } = parsePolicyDocument(text, context);
    assert.deepEqual(Object.keys(policy ?? {}), ['__proto__', 'constructor', 'toString']);
    assert.deepEqual(
      findings.map(({ problem }) => problem.kind),
      ['missingKey', 'missingKey', 'missingKey', 'missingKey'],
    );
  });

  it('puts an error of the API at the field it is about', () => {
    const text = JSON.stringify(sound);
    const at = (...codes: number[]) => {
      const { offset, length } = rangeOf(text, fieldOfCode(codes) ?? []);
      return text.slice(offset, offset + length);
    };
    assert.deepEqual(
      [at(17004), at(17102), at(17103), at(1), at()],
      ['"incident_alert"', JSON.stringify(sound.mechanisms), JSON.stringify(sound.filters), '{', '{'],
    );
  });

  it('removes one destination and leaves valid JSON', () => {
    for (let index = 0; index < 3; index += 1) {
      const text = JSON.stringify({ mechanisms: { webhooks: ['a', 'b', 'c'].map((id) => ({ id })) } }, undefined, 2);
      const { offset = 0 } = destinationsIn(text)[index] ?? {};
      const range = itemRemovalAt(text, offset);
      assert.ok(range);
      const left = JSON.parse(text.slice(0, range.offset) + text.slice(range.offset + range.length));
      assert.deepEqual(
        left.mechanisms.webhooks.map(({ id }: { id: string }) => id),
        ['a', 'b', 'c'].filter((_id, each) => each !== index),
      );
    }
    assert.equal(itemRemovalAt('{}', 1), undefined);
  });

  it('never throws, whatever the text and the place of the cursor', function () {
    // A document that is too deep for the parser takes long on a busy machine.
    this.timeout(30_000);
    const json = fc
      .jsonValue()
      .map((value) => JSON.stringify({ ...sound, mechanisms: value, filters: value, alert_type: value }));
    const deep = fc.constant('{"mechanisms":'.repeat(20_000));
    fc.assert(
      fc.property(
        fc.oneof({ weight: 8, arbitrary: fc.oneof(fc.string(), fc.json(), json) }, { weight: 1, arbitrary: deep }),
        fc.nat(),
        (text, place) => {
          const { findings } = parsePolicyDocument(text, context);
          assert.ok(findings.every(({ offset, length }) => offset >= 0 && offset + length <= Math.max(1, text.length)));
          const offset = text.length === 0 ? 0 : place % text.length;
          destinationsIn(text);
          itemRemovalAt(text, offset);
          rangeOf(text, ['mechanisms', 'webhooks', 0, 'id']);
          const found = suggestAt(text, offset, context);
          assert.ok(!found || found.offset + found.length <= text.length);
        },
      ),
    );
  });
});
