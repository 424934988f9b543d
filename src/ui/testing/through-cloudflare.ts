import * as vscode from 'vscode';
import type { Located } from '../../core/monitoring/overview.ts';
import { skippedIn } from '../../core/api/skipped.ts';
import { comparableId, isSameId } from '../../core/model/id.ts';
import { plain } from '../../core/model/plain-text.ts';
import { policiesOf, type Policy } from '../../core/model/policy.ts';
import type { AccountPolicies } from '../../core/policies/policy-store.ts';
import { type PolicyTest, testThroughPolicy } from '../../core/testing/test-through-policy.ts';
import { describeProblem } from '../text/error.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { describeAlert, nameOfPolicy } from '../text/policy.ts';
import { enumerate, describeTime } from '../text/format.ts';
import { ask } from '../host/notice.ts';
import { pickOne } from '../host/pick.ts';
import { nameOf } from '../text/destination.ts';
import type { TestEnd, TestingServices } from './services.ts';

/**
 * Asks for one of the policies that use the destination, unless `policyId` names it. Each item names the other recipients,
 * because all receive the test. Undefined if the user cancels, `none` if no policy uses the destination, `unclear` if a policy
 * that could not be read may use it.
 */
export async function pickPolicy(
  target: Located,
  { store, policies }: TestingServices,
  policyId?: string,
): Promise<Policy | 'none' | 'unclear' | undefined> {
  const { connection, destination } = target;
  const known = await policies.read(connection);
  const using = policiesOf(known.policies, destination.id);
  if (using.length === 0) {
    return skippedIn(known.policies) > 0 ? 'unclear' : 'none';
  }
  // After the policies, so that each webhook that they name and that exists has its name.
  await store.refresh([connection.account.id]);
  const names = new Map(
    store.entry(connection.account.id)?.state.last?.destinations.map((each) => [comparableId(each.id), nameOf(each)]),
  );
  const items = using.map((policy) => toItem(policy, destination.id, known, names));
  const named = items.find(({ policy }) => policyId !== undefined && isSameId(policy.id, policyId));
  if (named) {
    // No list was shown, so this is the question before anything is sent.
    return (await confirmNamed(named, nameOf(destination))) ? named.policy : undefined;
  }
  const picked = await pickOne(items, {
    title: vscode.l10n.t('Test “{0}” through Cloudflare', nameOf(destination)),
    placeHolder: vscode.l10n.t('Choose a policy. Cloudflare sends the test to all its recipients.'),
    matchOnDescription: true,
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  if (!picked) {
    return undefined;
  }
  return (await confirmOthers(picked)) ? picked.policy : undefined;
}

type Item = vscode.QuickPickItem & { readonly policy: Policy; readonly others: readonly string[] };

function toItem(
  policy: Policy,
  destinationId: string,
  known: AccountPolicies,
  names: ReadonlyMap<string, string>,
): Item {
  const others = Object.entries(policy.mechanisms).flatMap(([kind, ids]) =>
    ids.flatMap((id) => (isSameId(id, destinationId) ? [] : [describeMechanism(kind, id, names)])),
  );
  return {
    label: nameOfPolicy(policy),
    description: [describeAlert(policy, known), ...(policy.enabled ? [] : [vscode.l10n.t('disabled')])].join(' · '),
    detail:
      others.length === 0
        ? vscode.l10n.t('No other recipients')
        : vscode.l10n.t('Also notifies {0}', enumerate(others)),
    policy,
    others,
  };
}

/** A recipient of a policy in words. `names`: of the webhooks of the account, by comparable ID. */
export function describeMechanism(kind: string, id: string, names: ReadonlyMap<string, string>): string {
  switch (kind) {
    case 'webhooks':
      return names.has(comparableId(id))
        ? vscode.l10n.t('the webhook “{0}”', names.get(comparableId(id)) ?? '')
        : vscode.l10n.t('a webhook that is not in the list');
    case 'email':
      return plain(id);
    case 'pagerduty':
      return vscode.l10n.t('a PagerDuty service');
    default:
      return vscode.l10n.t('a {0} recipient', plain(kind));
  }
}

async function confirmOthers({ policy, others }: Item): Promise<boolean> {
  if (others.length === 0) {
    return true;
  }
  const send = vscode.l10n.t('Send to All');
  const chosen = await ask(
    vscode.l10n.t('Test the policy “{0}” through Cloudflare?', nameOfPolicy(policy)),
    vscode.l10n.t('All recipients of the policy receive the test, including:\n{0}', others.join('\n')),
    send,
  );
  return chosen === send;
}

async function confirmNamed(item: Item, destinationName: string): Promise<boolean> {
  if (item.others.length > 0) {
    return confirmOthers(item);
  }
  const send = vscode.l10n.t('Send');
  const chosen = await ask(
    vscode.l10n.t('Test the policy “{0}” through Cloudflare?', nameOfPolicy(item.policy)),
    vscode.l10n.t('Cloudflare sends a test to “{0}”, which may notify people.', destinationName),
    send,
  );
  return chosen === send;
}

/** Tests the policy through Cloudflare and polls the destination for a minute. API errors pass through. */
export async function sendThroughCloudflare(
  { connection, destination }: Located,
  policy: Policy,
  { store, host }: TestingServices,
  { signal, onSend }: { readonly signal: AbortSignal; readonly onSend: () => void },
): Promise<TestEnd> {
  const { account, api } = connection;
  const name = nameOf(destination);
  const test = await testThroughPolicy(
    api,
    host,
    account.id,
    policy.id,
    destination.id,
    { onSend, onRead: (read) => store.updateDestination(account.id, read) },
    signal,
  );
  const end = { way: 'cloudflare', answer: '', replace: false, url: test.destination.url } as const;
  switch (test.moved) {
    case 'success':
      return {
        ...end,
        result: 'worked',
        reason: '',
        sentence: vscode.l10n.t(
          'Cloudflare delivered its test to “{0}” through the policy “{1}”. Last success: {2}.',
          name,
          nameOfPolicy(policy),
          describeTime(test.destination.lastSuccess),
        ),
      };
    case 'failure': {
      const words = test.refusal ? describeFailure(test.refusal, account.name) : '';
      return {
        ...end,
        result: 'failed',
        replace: true,
        reason: vscode.l10n.t('Cloudflare could not deliver'),
        sentence: [
          vscode.l10n.t(
            'Cloudflare could not deliver its test to “{0}” through the policy “{1}”. Last failure: {2}.',
            name,
            nameOfPolicy(policy),
            describeTime(test.destination.lastFailure),
          ),
          words,
          vscode.l10n.t(
            'Cloudflare does not report the reason. Test from this machine to see the response of the receiver.',
          ),
        ]
          .filter(Boolean)
          .join(' '),
      };
    }
    case 'nothing': {
      const disabled = policy.enabled ? '' : vscode.l10n.t(' The policy is disabled.');
      return {
        ...end,
        result: 'undecided',
        reason: test.lost ? describeProblem(test.lost, account.name).headline : '',
        sentence: describeInconclusive(test, { policyName: nameOfPolicy(policy), name, disabled }),
      };
    }
    default:
      return test.moved satisfies never;
  }
}

/** That a test proved nothing. */
function describeInconclusive(
  { lost, isUnread }: PolicyTest,
  { policyName, name, disabled }: { readonly policyName: string; readonly name: string; readonly disabled: string },
): string {
  if (isUnread) {
    return lost
      ? vscode.l10n.t(
          'Cloudflare did not confirm the test of the policy “{0}”, and may have sent it. “{1}” could not be loaded afterwards, so the test is inconclusive.{2}',
          policyName,
          name,
          disabled,
        )
      : vscode.l10n.t(
          'Cloudflare accepted the test of the policy “{0}”. “{1}” could not be loaded afterwards, so the test is inconclusive.{2}',
          policyName,
          name,
          disabled,
        );
  }
  return lost
    ? vscode.l10n.t(
        'Cloudflare did not confirm the test of the policy “{0}”, and may have sent it. After one minute, “{1}” shows no new success or failure, so the test is inconclusive.{2}',
        policyName,
        name,
        disabled,
      )
    : vscode.l10n.t(
        'Cloudflare accepted the test of the policy “{0}”. After one minute, “{1}” shows no new success or failure, so the test is inconclusive.{2}',
        policyName,
        name,
        disabled,
      );
}
