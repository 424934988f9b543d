import assert from 'node:assert/strict';
import {
  rememberDraft,
  rememberUpdate,
  type RememberedSecret,
  secretFor,
} from '../../../../src/core/destinations/remembered-secret.ts';

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

describe('remembered secret after an update', () => {
  const updates: readonly [string, RememberedSecret | undefined, string, RememberedSecret | undefined][] = [
    ['is not known if it was not known before', undefined, PLAIN, undefined],
    ['stays', { secret: 'old' }, PLAIN, { secret: 'old' }],
    ['stays none if the destination was created without one', {}, PLAIN, {}],
    ['is not known if it was in the old URL', { url: WHOLE }, CUT.replace('T', 'X'), undefined],
  ];
  for (const [what, before, url, after] of updates) {
    it(what, () => assert.deepEqual(rememberUpdate(before, { name: 'Ops', url }), after));
  }
});

const OPSGENIE = 'https://api.opsgenie.com/v2/alerts';
const SPLUNK = 'https://splunk.example/services/collector';
const secrets: readonly [string, string, { url: string; secret?: string }, string | undefined, string?][] = [
  ['the remembered secret is sent to another path of the host', PLAIN, { url: `${PLAIN}/2` }, 'remembered', 'generic'],
  [
    'the remembered secret is not sent to another host',
    PLAIN,
    { url: 'https://other.example/hook' },
    undefined,
    'generic',
  ],
  [
    'the remembered secret is not sent to another Splunk server',
    SPLUNK,
    { url: SPLUNK.replace('splunk.', 'other.') },
    undefined,
    'splunk',
  ],
  ['a typed secret is sent to any service', OPSGENIE, { url: PLAIN, secret: 'typed' }, 'typed'],
  ['the remembered secret is sent to the same service', OPSGENIE, { url: `${OPSGENIE}?x=1` }, 'remembered'],
  ['the remembered secret is not sent to a service of another type', OPSGENIE, { url: PLAIN }, undefined],
  [
    'the remembered secret is sent to the same URL, whatever its type',
    'https://example.com/',
    { url: 'https://example.com' },
    'remembered',
  ],
];

describe('secret of a draft', () => {
  for (const [what, url, draft, secret, type = 'opsgenie'] of secrets) {
    it(what, () => {
      const current = { id: 'd', name: 'Ops', type, url };
      assert.equal(secretFor(current, { name: 'Ops', ...draft }, { secret: 'remembered' }), secret);
    });
  }
});
