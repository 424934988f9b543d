import * as vscode from 'vscode';
import type { Located } from '../../core/monitoring/overview.ts';
import { findById } from '../../core/model/id.ts';
import { hasSameRecipients, type Policy } from '../../core/model/policy.ts';
import { connectionNow } from '../../core/monitoring/connection-now.ts';
import { typeNamed, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { makeTestRequest, type TestRequest } from '../../core/model/destination-types/test-request.ts';
import { firstLines } from '../../core/testing/test-verdict.ts';
import { isSameAddress } from '../../core/model/web-address.ts';
import { collectCredentials, type Credentials } from '../destinations/credentials.ts';
import { targetNow } from '../destinations/targets.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { ApiError, describeForLog } from '../../core/api/api-error.ts';
import { runCommand } from '../host/run-command.ts';
import { showModal, tell, withoutLinks } from '../host/notice.ts';
import { pickOne } from '../host/pick.ts';
import { UserError } from '../host/report.ts';
import { nameOf } from '../text/destination.ts';
import { confirmSending, sendFromHere } from './direct.ts';
import type { SampleTest } from './sample-documents.ts';
import { confirmSample, makeSampleRequests, sendSample } from './sample-test.ts';
import type { TestCommandServices, TestEnd, TestingServices } from './services.ts';
import { pickPolicy, sendThroughCloudflare } from './through-cloudflare.ts';
import { enumerate, quote } from '../text/format.ts';
import { describeUnreadPolicies } from '../text/policy.ts';

type Way = 'direct' | 'sample' | 'cloudflare';

/**
 * Runs Test…: one destination either way, or several from this machine one after another with a summary. Nothing is
 * sent before the user confirms. API errors pass through. `given`: the way, if it need not be asked for.
 */
export async function testDestinations(
  targets: readonly Located[],
  services: TestCommandServices,
  given?: 'direct',
): Promise<void> {
  const [only] = targets;
  if (!only) {
    return;
  }
  const way = given ?? (await askWay(targets));
  if (way === undefined) {
    return;
  }
  if (targets.length > 1) {
    await testSeveral(targets, services);
    return;
  }
  if (way === 'cloudflare') {
    await testThroughCloudflare(only, services);
    return;
  }
  const title = vscode.l10n.t('Test “{0}” with a Sample Alert', nameOf(only.destination));
  const sample = way === 'sample' ? await (await services.loadSamples()).pickTest(title) : undefined;
  if (way === 'direct' || sample) {
    await testFromHere(only, services, sample ? { sample } : {});
  }
}

async function askWay(targets: readonly Located[]): Promise<Way | undefined> {
  const direct = {
    label: vscode.l10n.t('From this machine'),
    detail: vscode.l10n.t('Tests the URL and the secret, and shows the response of the receiver.'),
    iconPath: new vscode.ThemeIcon('device-desktop'),
    way: 'direct' as const,
  };
  const sample = {
    label: vscode.l10n.t('As a sample alert from this machine…'),
    detail: vscode.l10n.t('Sends the documented payload of an alert, marked as a test: its start, then its end.'),
    iconPath: new vscode.ThemeIcon('bell'),
    way: 'sample' as const,
  };
  const cloudflare = {
    label: vscode.l10n.t('Through Cloudflare (policy…)'),
    detail: vscode.l10n.t('Tests end-to-end delivery, without failure details. Notifies all recipients of a policy.'),
    iconPath: new vscode.ThemeIcon('cloud-upload'),
    way: 'cloudflare' as const,
  };
  const [only] = targets;
  const title =
    only && targets.length === 1
      ? vscode.l10n.t('Test “{0}”', nameOf(only.destination))
      : vscode.l10n.t('Test {0} Destinations', targets.length);
  const placeHolder =
    targets.length === 1
      ? vscode.l10n.t('Choose how to send the test')
      : vscode.l10n.t('Tests run one after another. To test through Cloudflare, select one destination.');
  const isDocumented = only && typeNamed(only.destination.type)?.hasDocumentedPayload;
  const items = targets.length === 1 ? [direct, ...(isDocumented ? [sample] : []), cloudflare] : [direct];
  const picked = await pickOne(items, {
    title,
    placeHolder,
    ignoreFocusOut: true,
  });
  return picked?.way;
}

/** Where a test is in a series of tests. */
type Series = { readonly at: number; readonly of: number };

/** "Test “Alpha” from This Machine", or with "(1 of 4)". */
function titleOf({ destination }: Located, series: Series | undefined): string {
  const name = nameOf(destination);
  return series
    ? vscode.l10n.t('Test “{0}” from This Machine ({1} of {2})', name, series.at, series.of)
    : vscode.l10n.t('Test “{0}” from This Machine', name);
}

/** `changes`: what {@link TestingServices.secrets} counted before they were collected. */
type Collected = Credentials & { readonly changes: number };

async function collect(
  target: Located,
  { secrets, redactor }: TestingServices,
  series?: Series,
): Promise<Collected | 'skip' | undefined> {
  const { connection, destination } = target;
  const changes = secrets.changesOf(connection.account.id, destination.id);
  const remembered = await secrets.get(connection.account.id, destination.id);
  const title = titleOf(target, series);
  const credentials = await collectCredentials(destination, remembered, {
    title,
    redactor,
    optional: true,
    canSkip: series !== undefined,
  });
  return credentials && credentials !== 'skip' ? { ...credentials, changes } : credentials;
}

function toRequest({ destination }: Located, { url, secret }: Credentials): TestRequest {
  return makeTestRequest(typeOrGeneric(destination.type), url, secret);
}

/** `sample`: sends a sample alert instead of the short text. */
async function testFromHere(
  target: Located,
  services: TestingServices,
  given: { readonly credentials?: Collected | undefined; readonly sample?: SampleTest } = {},
): Promise<void> {
  const credentials = given.credentials ?? (await collect(target, services));
  if (!credentials || credentials === 'skip') {
    return;
  }
  const request = toRequest(target, credentials);
  const sample = given.sample && makeSampleRequests(target, request, given.sample, services);
  const consent = await (sample ? confirmSample(target, sample, services) : confirmSending(target, request, services));
  if (consent !== 'send') {
    return;
  }
  const end = await withCancel(target, async (signal) =>
    sample ? sendSample(target, sample, services, signal) : sendFromHere(target, request, services, signal),
  );
  if (end) {
    keep(target, end, services);
    const again = async (): Promise<void> => {
      const now = await targetNow(services.store, target);
      const isSame = await isCurrent(target, now, credentials, services);
      await testFromHere(now, services, { ...given, credentials: isSame ? credentials : undefined });
    };
    void tellEnd(target, end, services, { again, credentials });
  }
}

/** Whether collected credentials are still those of the destination, as far as this window can know. */
async function isCurrent(
  tested: Located,
  { connection, destination }: Located,
  { remembered, changes }: Collected,
  { secrets }: TestingServices,
): Promise<boolean> {
  const { id } = connection.account;
  const now = await secrets.get(id, destination.id);
  return (
    isSameAddress(destination.url, tested.destination.url) &&
    JSON.stringify(now) === JSON.stringify(remembered) &&
    secrets.changesOf(id, destination.id) === changes
  );
}

/** `policyId`: the policy to test, if the user has chosen it already. */
export async function testThroughCloudflare(
  target: Located,
  services: TestingServices,
  policyId?: string,
): Promise<void> {
  const policy = await pickPolicy(target, services, policyId);
  if (policy === 'none' || policy === 'unclear') {
    const direct = vscode.l10n.t('Test from This Machine');
    const name = nameOf(target.destination);
    const message =
      policy === 'unclear'
        ? describeUnreadPolicies(name)
        : vscode.l10n.t('No policy uses “{0}”, so Cloudflare cannot test it and sends no alerts to it.', name);
    if ((await tell(policy === 'unclear' ? 'warning' : 'information', message, direct)) === direct) {
      await testFromHere(await targetNow(services.store, target), services);
    }
    return;
  }
  if (policy) {
    await sendConfirmed(target, policy, services);
  }
}

/** A question or message can be open for long, and only recipients that a question named may be notified. */
async function sendConfirmed(target: Located, confirmed: Policy, services: TestingServices): Promise<void> {
  const now = { ...target, connection: connectionNow(services.store, target.connection) };
  const policy = findById((await services.policies.read(now.connection)).policies, confirmed.id);
  if (policy && hasSameRecipients(policy.whole, confirmed.whole)) {
    await sendTo(now, policy, services);
  } else {
    await testThroughCloudflare(now, services, confirmed.id);
  }
}

async function sendTo(target: Located, policy: Policy, services: TestingServices): Promise<void> {
  let isSent = false;
  const onSend = (): void => {
    isSent = true;
  };
  const end = await withCancel(target, async (signal) =>
    sendThroughCloudflare(target, policy, services, { signal, onSend }),
  );
  if (end) {
    keep(target, end, services);
    void tellEnd(target, end, services, { again: async () => sendConfirmed(target, policy, services) });
  } else if (isSent) {
    void tell('information', vscode.l10n.t('Stopped waiting for the test. Cloudflare may still send it.'));
  }
}

/** Undefined if the user cancels. */
async function withCancel(
  { destination }: Located,
  work: (signal: AbortSignal) => Promise<TestEnd>,
  series?: Series,
): Promise<TestEnd | undefined> {
  const cancel = new AbortController();
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: withoutLinks(
          series
            ? vscode.l10n.t('Testing “{0}” ({1} of {2})', nameOf(destination), series.at, series.of)
            : vscode.l10n.t('Testing “{0}”', nameOf(destination)),
        ),
        cancellable: true,
      },
      async (_progress, token) => {
        token.onCancellationRequested(() => cancel.abort());
        return work(cancel.signal);
      },
    );
  } catch (error) {
    if (cancel.signal.aborted && !(error instanceof ApiError)) {
      return undefined;
    }
    // A refusal that came after the user canceled is a refusal.
    throw error;
  }
}

function keep(
  { connection, destination }: Located,
  { way, result, reason, url = destination.url }: TestEnd,
  services: TestingServices,
): void {
  const at = services.host.now();
  services.lastTests.set(connection.account.id, destination.id, { at, way, result, reason, url });
  services.logger.log(
    'info',
    `Test of destination ${destination.id} (${way}): ${result}${reason ? `, ${reason}` : ''}`,
  );
}

/** Shows the result with the next actions. */
async function tellEnd(
  target: Located,
  end: TestEnd,
  services: TestingServices,
  { again, credentials }: { readonly again: () => Promise<void>; readonly credentials?: Collected },
): Promise<void> {
  const { connection, destination } = target;
  const [testAgain, showAnswer, replace, remember] = [
    vscode.l10n.t('Test Again'),
    vscode.l10n.t('Show Response'),
    vscode.l10n.t('Replace…'),
    isEmpty(credentials?.typed) ? vscode.l10n.t('Do Not Ask Again') : vscode.l10n.t('Remember Secret'),
  ];
  const typed = end.result === 'worked' ? credentials?.typed : undefined;
  const buttons = [
    testAgain,
    ...(end.answer.trim() === '' ? [] : [showAnswer]),
    ...(end.replace ? [replace] : []),
    ...(typed ? [remember] : []),
  ];
  const kind = { worked: 'information', failed: 'error', undecided: 'warning' } as const;
  const stored = !typed
    ? ''
    : isEmpty(typed)
      ? vscode.l10n.t('“Do Not Ask Again” stores on this machine that the destination has no secret.')
      : vscode.l10n.t('“Remember Secret” stores what you entered in VS Code’s secret storage.');
  const chosen = await tell(kind[end.result], [end.sentence, stored].filter(Boolean).join(' '), ...buttons);
  try {
    if (chosen === testAgain) {
      await again();
    } else if (chosen === showAnswer) {
      const title = vscode.l10n.t('Response of the receiver of “{0}”', nameOf(destination));
      await showModal('information', title, firstLines(end.answer));
    } else if (chosen === replace) {
      const node = { kind: 'destination', accountId: connection.account.id, destinationId: destination.id };
      await runCommand('replaceDestination', node);
    } else if (chosen === remember && credentials) {
      await rememberTyped(target, credentials, services);
    }
  } catch (error) {
    // The command has already ended, so its error boundary does not apply.
    services.logger.log('error', `testDestination: ${describeForLog(error)}`);
    void tell('error', error instanceof UserError ? error.message : describeFailure(error, connection.account.name));
  }
}

/** The message can be open for long, and an outdated secret would be sent with the next rename. */
async function rememberTyped(tested: Located, credentials: Collected, services: TestingServices): Promise<void> {
  const now = await targetNow(services.store, tested);
  const { connection, destination } = now;
  if (credentials.typed && (await isCurrent(tested, now, credentials, services))) {
    await services.secrets.remember(connection.account.id, destination.id, credentials.typed);
  } else {
    const name = nameOf(destination);
    void tell(
      'warning',
      vscode.l10n.t('Not stored: the secret or the URL of “{0}” may have changed in the meantime.', name),
    );
  }
}

/** Whether the user entered that there is no secret. */
function isEmpty(typed: Credentials['typed']): boolean {
  return typed !== undefined && Object.keys(typed).length === 0;
}

/**
 * Tests from this machine one after another. A question can skip its destination. Canceling a question or a test ends the
 * series. One message at the end says how all of them went.
 */
async function testSeveral(targets: readonly Located[], services: TestingServices): Promise<void> {
  const ends: { readonly target: Located; readonly end: TestEnd }[] = [];
  const skipped: Located[] = [];
  for (const [index, target] of targets.entries()) {
    const series = { at: index + 1, of: targets.length };
    const end = await testOneOf(target, series, services);
    if (end === undefined) {
      break;
    }
    if (end === 'skip') {
      skipped.push(target);
    } else {
      ends.push({ target, end });
    }
  }
  const failed = ends.filter(({ end }) => end.result === 'failed');
  const unclear = ends.filter(({ end }) => end.result === 'undecided');
  const left = targets.length - ends.length - skipped.length;
  const tellReason = ({ target, end }: (typeof ends)[number]): string =>
    `${quote(nameOf(target.destination))} (${end.reason})`;
  const message = [
    vscode.l10n.t(
      '{0} of {1} tests from this machine succeeded.',
      ends.length - failed.length - unclear.length,
      targets.length,
    ),
    ...(failed.length > 0 ? [vscode.l10n.t('Failed: {0}.', enumerate(failed.map(tellReason)))] : []),
    ...(unclear.length > 0 ? [vscode.l10n.t('Unclear: {0}.', enumerate(unclear.map(tellReason)))] : []),
    ...(skipped.length > 0
      ? [vscode.l10n.t('Skipped: {0}.', enumerate(skipped.map(({ destination }) => quote(nameOf(destination)))))]
      : []),
    ...(left > 0 ? [vscode.l10n.t('Not sent: {0}.', left)] : []),
  ].join(' ');
  const isComplete = left + unclear.length + skipped.length === 0;
  void tell(failed.length > 0 ? 'error' : isComplete ? 'information' : 'warning', message);
}

/** Undefined if the user cancels, which ends the series. */
async function testOneOf(
  target: Located,
  series: Series,
  services: TestingServices,
): Promise<TestEnd | 'skip' | undefined> {
  const credentials = await collect(target, services, series);
  if (!credentials || credentials === 'skip') {
    return credentials;
  }
  const request = toRequest(target, credentials);
  const consent = await confirmSending(target, request, services, { series });
  if (consent !== 'send') {
    return consent;
  }
  const end = await withCancel(target, async (signal) => sendFromHere(target, request, services, signal), series);
  if (end) {
    keep(target, end, services);
  }
  return end;
}
