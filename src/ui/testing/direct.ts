import * as vscode from 'vscode';
import { type Destination, type Draft, hostOf } from '../../core/model/destination.ts';
import type { DestinationType } from '../../core/model/destination-types/destination-type.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import { mayHaveArrived, type SendOutcome, sendTest } from '../../core/testing/send-test.ts';
import { makeTestRequest, type TestRequest } from '../../core/model/destination-types/test-request.ts';
import { guessType, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { judgeAnswer, toPlainText } from '../../core/testing/test-verdict.ts';
import { ask } from '../host/notice.ts';
import { nameService } from '../text/draft.ts';
import { nameOf } from '../text/destination.ts';
import type { TestEnd, TestingServices } from './services.ts';
import { describeAdvice, describeSendProblem, describeStatus, describeUnclear } from './messages.ts';

const HOSTS_KEY = 'testedHosts';
const MOST_HOSTS = 200;

/** What the user decided: `skip` leaves out one test of a series. Undefined: the user canceled. */
export type Consent = 'send' | 'skip' | undefined;

export type ConsentOptions = {
  /** Why this test may page people. */
  readonly warning?: string;
  /** Where the test is in a series of tests, in which it can be skipped. */
  readonly series?: { readonly at: number; readonly of: number };
};

/**
 * Shows the request and asks before the first test of a host, and before every test that may page people.
 */
export async function confirmSending(
  { destination }: Located,
  request: TestRequest,
  { state }: TestingServices,
  { warning = '', series }: ConsentOptions = {},
): Promise<Consent> {
  const host = hostOf(request.url);
  const value = state.get(HOSTS_KEY);
  const known: readonly unknown[] = Array.isArray(value) ? value : [];
  const type = typeOrGeneric(destination.type);
  if (known.includes(host) && !type.test.pagesPeople && warning === '') {
    return 'send';
  }
  const [send, skip] = [vscode.l10n.t('Send'), vscode.l10n.t('Skip')];
  const isAskedAgain = type.test.pagesPeople || warning !== '';
  const chosen = await ask(
    series
      ? vscode.l10n.t('Send a test to {0} from this machine? ({1} of {2})', host, series.at, series.of)
      : vscode.l10n.t('Send a test to {0} from this machine?', host),
    [
      warning,
      describeRequest(request, type),
      isAskedAgain ? '' : vscode.l10n.t('“Send” also allows later tests to {0}, without this question.', host),
    ]
      .filter(Boolean)
      .join('\n\n'),
    send,
    ...(series ? [skip] : []),
  );
  if (chosen !== send) {
    return chosen === skip ? 'skip' : undefined;
  }
  if (isAskedAgain) {
    return 'send';
  }
  await state.update(HOSTS_KEY, [...known.filter((each) => each !== host), host].slice(-MOST_HOSTS));
  return 'send';
}

function describeRequest({ headers, body, secretHeader }: TestRequest, { label, test }: DestinationType): string {
  const sent = Object.entries(headers).map(([name, value]) =>
    name === secretHeader?.name ? vscode.l10n.t('{0}: {1}<secret>', name, secretHeader.prefix) : `${name}: ${value}`,
  );
  return [
    ...(test.pagesPeople
      ? [
          vscode.l10n.t(
            'This creates a real alert in {0} and may page the people on call. Close the alert afterwards.',
            label,
          ),
        ]
      : []),
    vscode.l10n.t('Request: POST\n{0}\n\n{1}', sent.join('\n'), body),
    vscode.l10n.t('The test shows the response of the receiver to this machine. Cloudflare is not involved.'),
  ].join('\n\n');
}

/**
 * Tests a draft that may not be saved, after a question. Both its URL and secret are redacted in the log from now on.
 * Undefined if the user cancels the question.
 */
export async function testDraft(
  connection: Located['connection'],
  { name, url, secret }: Draft,
  services: TestingServices,
): Promise<(() => Promise<TestEnd>) | undefined> {
  for (const credential of [url, secret]) {
    if (credential) {
      services.redactor.remember(credential);
    }
  }
  const type = typeOrGeneric(guessType(url)?.type ?? '');
  const target = { connection, destination: { id: '', name, url, type: type.type } };
  const request = makeTestRequest(type, url, secret);
  const { signal } = new AbortController();
  return (await confirmSending(target, request, services)) === 'send'
    ? async () => sendFromHere(target, request, services, signal)
    : undefined;
}

/** Sends the test and describes the result. Rejects only if it is canceled. */
export async function sendFromHere(
  { destination }: Located,
  request: TestRequest,
  { host, userAgent, redactor }: TestingServices,
  signal: AbortSignal,
): Promise<TestEnd> {
  const outcome = await sendTest(host, request, userAgent, signal);
  const end = describeOutcome({ destination, request }, outcome, redactor);
  // A receiver may echo the secret, with control characters in between.
  return { ...end, answer: redactor.redact(toPlainText(end.answer)) };
}

function describeOutcome(
  { destination, request }: { readonly destination: Destination; readonly request: TestRequest },
  outcome: SendOutcome,
  redactor: TestingServices['redactor'],
): TestEnd {
  const name = nameOf(destination);
  const host = hostOf(request.url);
  if (outcome.kind === 'failed') {
    const why = describeSendProblem(outcome.problem, host, outcome.detail);
    const sentence = vscode.l10n.t('The test of “{0}” from this machine failed. {1}', name, why);
    const end = { way: 'direct', result: 'failed', reason: why, sentence, answer: '', replace: false } as const;
    return { ...end, mayHaveArrived: mayHaveArrived(outcome.problem) };
  }
  if (outcome.kind === 'answeredElsewhere') {
    const why = vscode.l10n.t(
      '{0} ran the request, then redirected to its output at {1}. Whether Cloudflare follows the redirect is not documented.',
      host,
      outcome.host,
    );
    return { ...makeUnclear(name, why, outcome), answer: '' };
  }
  return describeAnswer({ destination, request }, outcome, redactor);
}

function describeAnswer(
  { destination, request: { url, secretHeader } }: { readonly destination: Destination; readonly request: TestRequest },
  { status, text, milliseconds }: SendOutcome & { readonly kind: 'answered' },
  redactor: TestingServices['redactor'],
): TestEnd {
  const name = nameOf(destination);
  const host = hostOf(url);
  const type = typeOrGeneric(destination.type);
  const verdict = judgeAnswer(type, { status, text, url }, (words) => redactor.redact(words));
  if (verdict.kind === 'accepted') {
    const sentence = vscode.l10n.t(
      'The test of “{0}” from this machine succeeded (status {1}, {2} ms). The receiver accepted the test. Test through Cloudflare to confirm delivery.',
      name,
      status,
      milliseconds,
    );
    return { way: 'direct', result: 'worked', reason: '', sentence, answer: text, replace: false };
  }
  const service = verdict.service?.label ?? nameService(destination.type, host);
  if (verdict.kind === 'unclear') {
    const words = verdict.reason ? [`${service}: ${verdict.reason}.`] : [];
    const why = [...words, describeUnclear(verdict.service, host)].join(' ');
    return { ...makeUnclear(name, why, { status, milliseconds }), answer: text };
  }
  const reason = verdict.reason ? `${service}: ${verdict.reason}` : vscode.l10n.t('status {0}', status);
  // A known service without a type of its own issues URLs that contain the secret.
  const isUrlSecret = type.secret === 'url' || verdict.service !== undefined;
  const hasSecret = isUrlSecret || secretHeader !== undefined;
  const sentence = vscode.l10n.t(
    'The test of “{0}” from this machine failed: {1} (status {2}, {3} ms). {4}',
    name,
    reason,
    status,
    milliseconds,
    verdict.advice ? describeAdvice(verdict.advice) : describeStatus(status, service, { isUrlSecret, hasSecret }),
  );
  const replace = [401, 403, 404, 410].includes(status);
  return { way: 'direct', result: 'failed', reason, sentence, answer: text, replace };
}

function makeUnclear(
  name: string,
  why: string,
  { status, milliseconds }: { readonly status: number; readonly milliseconds: number },
): Omit<TestEnd, 'answer'> {
  const sentence = vscode.l10n.t(
    'The result of the test of “{0}” from this machine is unclear (status {1}, {2} ms). {3}',
    name,
    status,
    milliseconds,
    why,
  );
  return { way: 'direct', result: 'undecided', reason: why, sentence, replace: false };
}
