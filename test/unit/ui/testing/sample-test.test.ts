import assert from 'node:assert/strict';
import { typeOrGeneric } from '../../../../src/core/model/destination-types/index.ts';
import { makeTestRequest } from '../../../../src/core/model/destination-types/test-request.ts';
import { makeApi, makeDestination } from '../../core/api/fake-api.ts';
import { loadScripted } from '../scripted-window.ts';
import { makeUiServices } from '../ui-services.ts';

const { sendSample } = await loadScripted(async () => import('../../../../src/ui/testing/sample-test.ts'));

const WEBHOOK = { type: 'generic', url: 'https://a.example/hook' };

describe('a sample alert whose start failed', () => {
  const failWith = (code: string) => () => Promise.reject(Object.assign(new Error('failed'), { code }));
  const noAnswer = (_url: unknown, { signal }: RequestInit) =>
    new Promise<Response>((_resolve, reject) => {
      const stop = () => reject(new Error('aborted'));
      signal?.addEventListener('abort', stop);
      if (signal?.aborted) {
        stop();
      }
    });
  const cases: readonly (readonly [what: string, isActive: boolean, fetch: (...given: never) => Promise<Response>])[] =
    [
      ['timed out', true, noAnswer],
      ['got no answer', true, failWith('ECONNRESET')],
      ['never reached the receiver', false, failWith('ECONNREFUSED')],
      ['was rejected', false, async () => new Response('', { status: 400 })],
    ];
  for (const [what, isActive, fetch] of cases) {
    it(`${isActive ? 'may be active' : 'is not active'} where it ${what}`, async () => {
      const { connection, ...services } = makeUiServices(makeApi());
      const request = makeTestRequest(typeOrGeneric('generic'), WEBHOOK.url, undefined);
      let sent = 0;
      const counting = (...given: never): Promise<Response> => {
        sent += 1;
        return fetch(...given);
      };
      /** The deadline of the request. */
      const sleep = async () => (fetch === noAnswer ? undefined : new Promise<void>(() => {}));
      const end = await sendSample(
        { connection, destination: makeDestination('d1', WEBHOOK) },
        { start: request, end: request },
        { ...services, host: { ...services.host, sleep, fetch: counting }, userAgent: 'test/1' } as never,
        new AbortController().signal,
      );
      assert.equal(sent, 1);
      assert.match(end.sentence, /The end of the sample alert was not sent\./);
      assert.equal(end.sentence.includes('it may show the alert as active'), isActive, end.sentence);
    });
  }
});
