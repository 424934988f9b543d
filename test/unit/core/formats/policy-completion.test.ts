import assert from 'node:assert/strict';
import { suggestAt } from '../../../../src/core/formats/policy-completion.ts';
import type { PolicyContext } from '../../../../src/core/formats/policy-document.ts';
import { makeDestination } from '../api/fake-api.ts';

const context: PolicyContext = {
  alertTypes: [
    {
      type: 'incident_alert',
      name: 'Incident Alert',
      product: 'Status',
      description: '',
      filters: [
        { key: 'impact', isRequired: true, values: ['MAJOR', 'MINOR'].map((id) => ({ id, description: `d ${id}` })) },
        { key: 'zones', isRequired: false, values: [] },
      ],
    },
  ],
  destinations: [makeDestination('d1')],
};

/** Suggestions at the bar in a text: what is inserted, and the text that it replaces. */
function suggest(marked: string, given = context) {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = suggestAt(text, offset, given);
  return (
    found && {
      inserts: found.suggestions.map(({ insert }) => insert),
      replaced: text.slice(found.offset, found.offset + found.length),
    }
  );
}

describe('completion in a policy document', () => {
  it('suggests alert types with product and name, in place of the text', () => {
    assert.deepEqual(suggest('{"alert_type": "in|"}'), { inserts: ['"incident_alert"'], replaced: '"in"' });
    assert.deepEqual(suggest('{"alert_type": |}'), { inserts: ['"incident_alert"'], replaced: '' });
    const [first] = suggestAt('{"alert_type": ""}', 16, context)?.suggestions ?? [];
    assert.deepEqual(
      [first?.kind, first?.label, first?.detail],
      ['alertType', 'incident_alert', 'Status · Incident Alert'],
    );
    assert.deepEqual(suggest('{"alert_type": "|"}', {}), { inserts: [], replaced: '""' });
  });

  it('suggests the filters of the alert type, with a value unless there is one', () => {
    assert.deepEqual(suggest('{"alert_type": "incident_alert", "filters": {"|"}}')?.inserts, [
      '"impact": []',
      '"zones": []',
    ]);
    assert.deepEqual(suggest('{"alert_type": "incident_alert", "filters": {"|" : []}}')?.inserts, [
      '"impact"',
      '"zones"',
    ]);
    assert.deepEqual(suggest('{"alert_type": "other", "filters": {"|"}}')?.inserts, []);
    const [first] = suggestAt('{"alert_type": "incident_alert", "filters": {""}}', 46, context)?.suggestions ?? [];
    assert.deepEqual([first?.kind, first?.detail], ['filter', 'MAJOR, MINOR']);
  });

  it('replaces the whole key, with its quotes', () => {
    assert.equal(suggest('{"alert_type": "incident_alert", "filters": {"|"}}')?.replaced, '""');
    assert.equal(suggest('{"alert_type": "incident_alert", "filters": {"im|p": []}}')?.replaced, '"imp"');
  });

  it('suggests the values of a filter that are not used yet', () => {
    const document = (values: string): string => `{"alert_type": "incident_alert", "filters": {"impact": [${values}]}}`;
    assert.deepEqual(suggest(document('"|"'))?.inserts, ['"MAJOR"', '"MINOR"']);
    assert.deepEqual(suggest(document('"MAJOR", "|"'))?.inserts, ['"MINOR"']);
    assert.deepEqual(suggest('{"alert_type": "incident_alert", "filters": {"zones": ["|"]}}')?.inserts, []);
  });

  it('suggests destinations, as an object or as the ID in one', () => {
    assert.deepEqual(suggest('{"mechanisms": {"webhooks": [|]}}')?.inserts, ['{ "id": "d1" }']);
    assert.deepEqual(suggest('{"mechanisms": {"webhooks": [{"id": "|"}]}}'), { inserts: ['"d1"'], replaced: '""' });
    const [first] = suggestAt('{"mechanisms": {"webhooks": []}}', 29, context)?.suggestions ?? [];
    assert.deepEqual([first?.kind, first?.label, first?.detail], ['destination', 'Destination d1', 'slack · d1']);
  });

  for (const marked of [
    '|',
    '{|}',
    '{"name": "|"}',
    '{"alert_type|": ""}',
    '{"mechanisms": {"email": [|]}}',
    '{"mechanisms": {"webhooks": [{"na|": ""}]}}',
    '{"mechanisms": {"webhooks": [{"name": "|"}]}}',
    '{"mechanisms": {"webhooks": [{"id|"}]}}',
    '{"filters": {"impact": {"a": "|"}}}',
  ]) {
    it(`suggests nothing at ${marked}`, () => {
      assert.equal(suggest(marked), undefined);
    });
  }

  it('survives nesting that is too deep for the parser', () => {
    assert.equal(suggestAt('{"a":'.repeat(100_000), 400_000, context), undefined);
  });
});
