import * as vscode from 'vscode';
import { guessType, typeNamed } from '../../core/destination-types.ts';
import { hostOf } from '../../core/destination.ts';
import type { Located } from '../../core/overview.ts';
import { type SendOutcome, sendTest } from '../../core/send-test.ts';
import { makeTestRequest, type TestRequest } from '../../core/test-request.ts';
import { lacksSecret, wholeUrlOf } from '../../core/whole-url.ts';
import { judgeAnswer, toPlainText } from '../../core/test-verdict.ts';
import { askText } from '../quick-input.ts';
import type { RememberedSecret } from '../secret-store.ts';
import { nameOf } from '../words.ts';
import type { TestEnd, TestingServices } from './services.ts';
import { DIRECT_PROVES, describeSendProblem, describeStatus, nameService } from './words.ts';

/** What a test from this machine is sent with; `typed` is set where the user has typed some of it. */
export type Credentials = { readonly url: string; readonly secret?: string; readonly typed?: RememberedSecret };

/** Collects URL and secret: what is remembered, and the rest from the user. Undefined where they leave. */
export async function collectCredentials(
  target: Located,
  { secrets, redactor }: TestingServices,
): Promise<Credentials | undefined> {
  const { connection, destination } = target;
  const remembered = await secrets.get(connection.account.id, destination.id);
  let url = wholeUrlOf(destination, remembered);
  let typed: RememberedSecret | undefined;
  if (lacksSecret(destination.type, url)) {
    const answer = await askWholeUrl(target, destination.type);
    if (answer === undefined) {
      return undefined;
    }
    url = answer;
    typed = { ...remembered, url };
  }
  let secret = remembered?.secret;
  const place = (typeNamed(destination.type) ?? typeNamed('generic'))?.secret;
  if (secret === undefined && (place === 'required' || (place === 'optional' && !remembered))) {
    const answer = await askSecret(target, place === 'required');
    if (answer === undefined) {
      return undefined;
    }
    secret = answer === '' ? undefined : answer;
    typed = { ...typed, ...(secret === undefined ? {} : { secret }) };
  }
  for (const credential of [url, secret]) {
    if (credential) {
      redactor.remember(credential);
    }
  }
  return { url, ...(secret === undefined ? {} : { secret }), ...(typed ? { typed } : {}) };
}

async function askWholeUrl({ destination }: Located, type: string): Promise<string | undefined> {
  const answer = await askText<string>({
    title: vscode.l10n.t('Test “{0}” from This Machine', nameOf(destination)),
    prompt: vscode.l10n.t(
      'The whole URL, as {0} gave it out: Cloudflare keeps the secret part of it to itself.',
      nameService(type, hostOf(destination.url)),
    ),
    placeholder: typeNamed(type)?.example ?? 'https://',
    password: true,
    check(text) {
      const url = text.trim();
      return guessType(url) === undefined
        ? { ok: false, problem: vscode.l10n.t('This is not a web address.') }
        : lacksSecret(type, url)
          ? {
              ok: false,
              problem: vscode.l10n.t(
                'This is not the whole URL of a webhook of {0}.',
                nameService(type, hostOf(destination.url)),
              ),
            }
          : hostOf(url) !== hostOf(destination.url) && hostOf(destination.url) !== ''
            ? {
                ok: false,
                problem: vscode.l10n.t('This destination is at {0}, not at {1}.', hostOf(destination.url), hostOf(url)),
              }
            : { ok: true, value: url };
    },
  });
  return answer.kind === 'value' ? answer.value : undefined;
}

async function askSecret({ destination }: Located, isRequired: boolean): Promise<string | undefined> {
  const answer = await askText<string>({
    title: vscode.l10n.t('Test “{0}” from This Machine', nameOf(destination)),
    prompt: isRequired
      ? vscode.l10n.t('Its secret, which Cloudflare does not give out and this machine does not remember.')
      : vscode.l10n.t('Its secret, if it has one: Cloudflare does not give it out. Leave it empty for none.'),
    password: true,
    check: (text) =>
      isRequired && text.trim() === ''
        ? {
            ok: false,
            problem: vscode.l10n.t(
              '{0} takes nothing without it.',
              nameService(destination.type, hostOf(destination.url)),
            ),
          }
        : { ok: true, value: text.trim() },
  });
  return answer.kind === 'value' ? answer.value : undefined;
}

const HOSTS_KEY = 'testedHosts';
const MOST_HOSTS = 200;

/** Before the first test to a host, and each time where it may wake somebody up, says what will be sent, and asks. */
export async function confirmSending(
  { destination }: Located,
  request: TestRequest,
  { state }: TestingServices,
): Promise<boolean> {
  const host = hostOf(request.url);
  const value = state.get(HOSTS_KEY);
  const known: readonly unknown[] = Array.isArray(value) ? value : [];
  const pages = destination.type === 'opsgenie';
  if (known.includes(host) && !pages) {
    return true;
  }
  const send = vscode.l10n.t('Send');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Send a test to {0} from this machine?', host),
    { modal: true, detail: describeRequest(request, pages) },
    send,
  );
  if (chosen !== send) {
    return false;
  }
  await state.update(HOSTS_KEY, [...known.filter((each) => each !== host), host].slice(-MOST_HOSTS));
  return true;
}

function describeRequest({ headers, body, secretHeader }: TestRequest, pages: boolean): string {
  const sent = Object.entries(headers).map(([name, value]) =>
    name === secretHeader?.name
      ? vscode.l10n.t('{0}: {1}(the secret)', name, secretHeader.prefix)
      : `${name}: ${value}`,
  );
  return [
    ...(pages
      ? [
          vscode.l10n.t(
            'This raises a real alert in Opsgenie and may page the people on call. Close it there afterwards.',
          ),
        ]
      : []),
    vscode.l10n.t('It is a POST with\n{0}\n\n{1}', sent.join('\n'), body),
    vscode.l10n.t('It shows what the receiver answers to this machine. Cloudflare takes no part in it.'),
  ].join('\n\n');
}

export function makeRequest({ destination }: Located, { url, secret }: Credentials): TestRequest {
  return makeTestRequest(destination.type, url, secret);
}

/** Sends it and says in words what came of it. Rejects only where it is cancelled. */
export async function sendFromHere(
  { destination }: Located,
  request: TestRequest,
  { host, userAgent, redactor }: TestingServices,
  signal: AbortSignal,
): Promise<TestEnd> {
  const outcome = await sendTest(host, request, userAgent, signal);
  const end = describeOutcome(destination.type, nameOf(destination), hostOf(request.url), outcome, redactor);
  // A receiver may give back what it was sent, control characters in between.
  return { ...end, answer: redactor.redact(toPlainText(end.answer)) };
}

function describeOutcome(
  type: string,
  name: string,
  host: string,
  outcome: SendOutcome,
  redactor: TestingServices['redactor'],
): TestEnd {
  if (outcome.kind === 'failed') {
    const why = describeSendProblem(outcome.problem, host, outcome.detail);
    const sentence = vscode.l10n.t('The test of “{0}” from this machine failed. {1}', name, why);
    return { way: 'direct', result: 'failed', reason: why, sentence, answer: '', replace: false };
  }
  const { status, text, milliseconds } = outcome;
  const verdict = judgeAnswer(type, status, text, (words) => redactor.redact(words));
  if (verdict.ok) {
    const sentence = vscode.l10n.t(
      'The test of “{0}” from this machine worked (status {1}, {2} ms). {3}',
      name,
      status,
      milliseconds,
      DIRECT_PROVES(),
    );
    return { way: 'direct', result: 'worked', reason: '', sentence, answer: text, replace: false };
  }
  const service = nameService(type, host);
  const reason = verdict.reason ? `${service}: ${verdict.reason}` : vscode.l10n.t('status {0}', status);
  const sentence = vscode.l10n.t(
    'The test of “{0}” from this machine failed: {1} (status {2}, {3} ms). {4}',
    name,
    reason,
    status,
    milliseconds,
    describeStatus(status, service),
  );
  const replace = [401, 403, 404, 410].includes(status);
  return { way: 'direct', result: 'failed', reason, sentence, answer: text, replace };
}
