import assert from 'node:assert/strict';
import { typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../../src/core/model/destination-types/test-request.ts';
import { makeApi, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { sendFromHere } = await loadScripted(async () => import('../../../../src/ui/testing/direct.ts'));

const [MINE, SLACK] = ['https://a.example/hook', 'https://hooks.slack.com/services/T/B/c'];

describe('the result of a test from this machine', () => {
  const cases: readonly (readonly [type: string, url: string, secret: string, status: number, RegExp])[] = [
    ['generic', MINE, 's', 403, /a\.example does not accept the secret\./],
    ['generic', MINE, '', 403, /a\.example denies access\./],
    ['generic', MINE, 's', 404, /a\.example has nothing at this path\./],
    ['slack', SLACK, '', 403, /Slack does not accept the secret\./],
    ['slack', SLACK, '', 404, /The webhook was deleted or archived\./],
    ['generic', 'https://acme.webhook.office.com/x', '', 404, /The webhook was deleted or archived\./],
  ];
  for (const [type, url, secret, status, words] of cases) {
    it(`says what a ${status} of ${new URL(url).host} means ${secret ? 'with' : 'without'} a secret`, async () => {
      const { connection, ...services } = makeUiServices(makeApi());
      const never = async () => new Promise<void>(() => {});
      const host = { ...services.host, sleep: never, fetch: async () => new Response('', { status }) };
      const { sentence } = await sendFromHere(
        { connection, destination: makeDestination('d1', { type, url }) },
        makeTestRequest(typeOrGeneric(type), url, secret),
        { ...services, host, userAgent: 'test/1' } as never,
        new AbortController().signal,
      );
      assert.match(sentence, words);
    });
  }
});
