import * as vscode from 'vscode';
import type { Located } from '../../core/monitoring/overview.ts';
import type { TestRequest } from '../../core/model/destination-types/test-request.ts';
import type { AlertEvent } from '../../core/testing/sample-payloads.ts';
import { nameOf } from '../text/destination.ts';
import { type Consent, confirmSending, sendFromHere } from './direct.ts';
import type { SampleTest } from './sample-documents.ts';
import type { TestEnd, TestingServices } from './services.ts';

/** The two requests of a sample alert: the alert starts, then it ends. */
export type SampleRequests = { readonly start: TestRequest; readonly end: TestRequest };

/** Makes the two requests from the request of a plain test. Both have the same new correlation ID. */
export function makeSampleRequests(
  { connection }: Located,
  request: TestRequest,
  sample: SampleTest,
  { host }: TestingServices,
): SampleRequests {
  const correlationId = crypto.randomUUID().replaceAll('-', '');
  const make = (event: AlertEvent): TestRequest => ({
    ...request,
    body: JSON.stringify(
      sample({
        name: vscode.l10n.t('Sample alert'),
        accountId: connection.account.id,
        policyId: NO_POLICY,
        correlationId,
        event,
        ts: Math.floor(host.now() / 1000),
      }),
    ),
  });
  return { start: make('ALERT_STATE_EVENT_START'), end: make('ALERT_STATE_EVENT_END') };
}

/** No policy sends a test from this machine. */
const NO_POLICY = '0'.repeat(32);

/** Asks before every sample alert, because the receiver may page people. */
export async function confirmSample(
  target: Located,
  { start }: SampleRequests,
  services: TestingServices,
): Promise<Consent> {
  return confirmSending(
    target,
    { ...start, body: start.body.replace(/"data":\{.*\},"ts":/s, '"data":{…},"ts":') },
    services,
    {
      warning: vscode.l10n.t(
        'This sends two requests: the start of the alert, then its end. Name and text contain [TEST]. The receiver may treat the alert as real and page people.',
      ),
    },
  );
}

/**
 * Sends the start, then the end unless the start failed. After a canceled request the receiver may show the alert as
 * active, so a cancellation is a result too.
 */
export async function sendSample(
  target: Located,
  { start, end }: SampleRequests,
  services: TestingServices,
  signal: AbortSignal,
): Promise<TestEnd> {
  const send = async (request: TestRequest): Promise<TestEnd> =>
    sendFromHere(target, request, services, signal).catch((error: unknown) => {
      if (!signal.aborted) {
        throw error;
      }
      return describeCanceled(target);
    });
  const first = await send(start);
  if (first.result === 'failed' || signal.aborted) {
    if (signal.aborted) {
      return describeCanceled(target);
    }
    const sentence = first.mayHaveArrived
      ? vscode.l10n.t(
          '{0} The end of the sample alert was not sent. If the receiver got its start, it may show the alert as active.',
          first.sentence,
        )
      : vscode.l10n.t('{0} The end of the sample alert was not sent.', first.sentence);
    return { ...first, sentence };
  }
  const second = await send(end);
  if (signal.aborted) {
    return second;
  }
  if (second.result === 'failed') {
    const sentence = vscode.l10n.t(
      'The start of the sample alert was sent, but its end failed. The receiver may show the alert as active. {0}',
      second.sentence,
    );
    return { ...second, sentence };
  }
  const shown = second.result === 'worked' ? first : second;
  return { ...shown, sentence: vscode.l10n.t('Start and end of the sample alert were sent. {0}', shown.sentence) };
}

function describeCanceled({ destination }: Located): TestEnd {
  return {
    way: 'direct',
    result: 'undecided',
    reason: vscode.l10n.t('canceled'),
    sentence: vscode.l10n.t(
      'The sample alert to “{0}” was canceled. If the receiver got its start, it may show the alert as active.',
      nameOf(destination),
    ),
    answer: '',
    replace: false,
  };
}
