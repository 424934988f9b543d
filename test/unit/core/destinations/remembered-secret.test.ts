import assert from 'node:assert/strict';
import { rememberDraft, type RememberedSecret } from '../../../../src/core/destinations/remembered-secret.ts';

const WHOLE = 'https://hooks.slack.com/services/T/B/one';
const CUT = 'https://hooks.slack.com/services/T/B';
const PLAIN = 'https://example.com/hook';

const rows: readonly [string, RememberedSecret | undefined, { url: string; secret?: string }, RememberedSecret][] = [
  ['a typed secret beats the remembered one', { secret: 'old' }, { url: PLAIN, secret: 'typed' }, { secret: 'typed' }],
  ['a secret that was not typed stays', { secret: 'old' }, { url: PLAIN }, { secret: 'old' }],
  ['an empty typed secret is remembered as typed', { secret: 'old' }, { url: PLAIN, secret: '' }, { secret: '' }],
  ['a URL that Cloudflare returns whole is not remembered', undefined, { url: PLAIN }, {}],
  ['a whole URL that Cloudflare cuts is remembered', undefined, { url: WHOLE }, { url: WHOLE }],
  ['a cut URL never replaces the whole one', { url: WHOLE }, { url: CUT }, { url: WHOLE }],
  ['a cut URL is not remembered', undefined, { url: CUT }, {}],
  ['a new whole URL replaces the old one', { url: WHOLE }, { url: `${CUT}/two` }, { url: `${CUT}/two` }],
  ['the whole URL of another webhook goes', { url: `${CUT.replace('T', 'X')}/one` }, { url: CUT }, {}],
  ['a whole URL goes with a change of type', { url: WHOLE, secret: 's' }, { url: PLAIN }, { secret: 's' }],
];

describe('remembered secret', () => {
  for (const [what, before, draft, after] of rows) {
    it(what, () => {
      assert.deepEqual(rememberDraft(before, { name: 'Ops', ...draft }), after);
    });
  }
});
