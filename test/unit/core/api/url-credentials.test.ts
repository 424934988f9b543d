import assert from 'node:assert/strict';
import { credentialsOf, isOrdinary } from '../../../../src/core/api/url-credentials.ts';

describe('ordinary words', () => {
  for (const text of [
    'services',
    'HOOKS',
    'Hooks',
    'open-apis',
    'Open-Apis',
    'OPEN-APIS',
    'open_apis.json',
    'open-APIS',
    'open-Apis',
    'v1',
    'v12',
    '7',
    '1234',
    'v1234',
    'a'.repeat(15),
  ]) {
    it(`${text} is ordinary`, () => {
      assert.equal(isOrdinary(text), true);
    });
  }

  for (const text of [
    '',
    'a'.repeat(16),
    'hOOks',
    'T0AB1',
    '1hooks',
    '-abc',
    'hooks-1a',
    'hooks-aB',
    'Hooks-ABc',
    'hooks--apis',
    'hooks-',
    'vabc1',
    'v12345',
    '12345',
    '%abc',
    'ab%cd',
    'ab-%cd',
    'ab-A%%',
    'ab-%%',
  ]) {
    it(`${JSON.stringify(text)} may be a secret`, () => {
      assert.equal(isOrdinary(text), false);
    });
  }
});

describe('credentials of a URL', () => {
  for (const [url, expected] of [
    [
      'https://e.com/hooks/T0AB1?wait=true&key=s3cr3t#fr4g',
      ['/hooks/T0AB1?wait=true&key=s3cr3t', '/hooks/T0AB1', 'e.com/hooks/T0AB1', 'T0AB1', 's3cr3t', 'fr4g'],
    ],
    ['http://us3r:p4ss@e.com:8080/', ['us3r', 'p4ss']],
    ['HTTPS://e.com/x9Yz', ['/x9Yz', '/x9Yz', 'e.com/x9Yz', 'x9Yz']],
    ['https://e.com/a1b', ['/a1b', '/a1b', 'e.com/a1b']],
    ['https://e.com/accounts/a1b', ['/accounts/a1b', '/accounts/a1b', 'e.com/accounts/a1b']],
    ['ftp://e.com/s3cr3t', []],
    ['see https://e.com/s3cr3t', []],
    ['x:https://e.com/s3cr3t', []],
    ['https://', []],
    ['s3cr3t', []],
  ] as const) {
    it(`of ${url} are ${expected.length} texts`, () => {
      assert.deepEqual(credentialsOf(url), expected);
    });
  }

  for (const path of [
    'client/v4/user/tokens/verify',
    'client/v4/accounts/alerting/v3/available_alerts',
    'client/v4/accounts/alerting/v3/destinations/webhooks',
    'client/v4/accounts/alerting/v3/policies/test',
    'client/v4/accounts/alerting/v3/history',
    'client/v4/accounts/alerting/v3/silences',
  ]) {
    it(`do not include /${path}, which the log has of the extension’s own calls`, () => {
      assert.ok(!credentialsOf(`https://e.com/${path}`).some((text) => text.includes('/')));
    });
  }
});
