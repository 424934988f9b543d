import * as vscode from 'vscode';
import { describeForLog, isNotFound } from '../../core/api/api-error.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Destination } from '../../core/model/destination.ts';
import { findById } from '../../core/model/id.ts';
import { plain } from '../../core/model/plain-text.ts';
import { startOfDay } from '../../core/model/local-day.ts';
import { type Link, type LinkState, type Observed, walkDelivery } from '../../core/policies/delivery-chain.ts';
import { type AccountPolicies, isSamePolicies } from '../../core/policies/policy-store.ts';
import type { Located } from '../../core/monitoring/overview.ts';
import type { Services } from '../../services.ts';
import { type ContributedCommand, DELIVERY_SCHEME } from '../host/ids.ts';
import { escapeIcons } from '../host/pick.ts';
import { nameOf } from '../text/destination.ts';
import { describeMoment, describeTime, plural } from '../text/format.ts';
import { describeUnreadPolicies, nameOfPolicy } from '../text/policy.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { nameAll } from './messages.ts';
import { describeLastTest } from '../tree/last-test-text.ts';
import type { Node } from '../tree/nodes.ts';

const DAYS = 30;
const MOST_NAMED = 5;

export type ExplainServices = Pick<Services, 'store' | 'policies' | 'secrets' | 'lastTests' | 'host' | 'logger'>;

/** A button above a line of the document. */
type Action = {
  readonly line: number;
  readonly title: string;
  readonly command: ContributedCommand;
  /** `enable`: the state that the button of a policy makes. */
  readonly node: Node & { readonly enable?: boolean };
};

/** The client has logged why something could not be read. The document says that it is unknown. */
const unknown = (): undefined => undefined;

/** `known`: the policies that the text is about. */
type Explanation = {
  readonly text: string;
  readonly actions: readonly Action[];
  readonly known?: AccountPolicies | undefined;
};

/**
 * The documents of Explain Delivery: why alerts arrive at a destination, or why not, the weakest link first, with an action
 * above each line. The content is read from Cloudflare when a document is opened or refreshed. It contains no URL.
 */
export type DeliveryDocuments = vscode.Disposable & {
  /** Opens the document of a destination, or reads an open one again. */
  show(target: Located): Promise<void>;
  provide(uri: vscode.Uri): Promise<string>;
  readonly lenses: vscode.CodeLensProvider;
};

export function createDeliveryDocuments(
  services: ExplainServices,
  changed: vscode.EventEmitter<vscode.Uri>,
): DeliveryDocuments {
  const actions = new Map<string, readonly Action[]>();
  const lensesChanged = new vscode.EventEmitter<void>();
  // The buttons belong to the text, so VS Code asks for them again once it has the new text.
  const following = vscode.workspace.onDidChangeTextDocument(({ document }) => {
    if (document.uri.scheme === DELIVERY_SCHEME) {
      lensesChanged.fire();
    }
  });

  /** The URIs whose explanation is in progress, which may itself report changed policies. */
  const inProgress = new Set<string>();
  const stop = services.policies.onChanged((accountId) => {
    for (const { uri } of vscode.workspace.textDocuments) {
      const isOfAccount = uri.scheme === DELIVERY_SCHEME && readUri(uri).accountId === accountId;
      if (isOfAccount && !inProgress.has(uri.toString())) {
        changed.fire(uri);
      }
    }
  });

  /** VS Code ignores a change of a document that it is still opening. */
  const outdated = new Set<string>();
  function readAgain(uri: vscode.Uri): void {
    if (isOpen(uri)) {
      changed.fire(uri);
    } else {
      outdated.add(uri.toString());
    }
  }
  const opening = vscode.workspace.onDidOpenTextDocument(({ uri }) => {
    if (outdated.delete(uri.toString())) {
      changed.fire(uri);
    }
  });
  const forgetting = vscode.workspace.onDidCloseTextDocument(({ uri }) => actions.delete(uri.toString()));

  async function provide(uri: vscode.Uri): Promise<string> {
    const { accountId, destinationId } = readUri(uri);
    const connection = services.store.entry(accountId)?.connection;
    if (!connection) {
      return vscode.l10n.t('This account is no longer in VS Code.');
    }
    const node = { kind: 'destination', accountId, destinationId } as const;
    const again = { line: 0, title: vscode.l10n.t('Explain Again'), command: 'explainDelivery', node } as const;
    inProgress.add(uri.toString());
    let read: AccountPolicies | undefined;
    try {
      const explanation = await explain(connection, destinationId, services);
      read = explanation.known;
      actions.set(uri.toString(), [again, ...explanation.actions]);
      return explanation.text;
    } catch (error) {
      services.logger.log('error', `explainDelivery: ${describeForLog(error)}`);
      actions.set(uri.toString(), [again, { line: 0, title: vscode.l10n.t('Show Log'), command: 'showLog', node }]);
      return `${plain(describeFailure(error, connection.account.name))}\n`;
    } finally {
      inProgress.delete(uri.toString());
      const now = services.policies.known(accountId);
      // The store keeps what was read, unless the policies may have changed since.
      if (read && !(now && isSamePolicies(now, read))) {
        readAgain(uri);
      }
    }
  }

  return {
    provide,
    async show({ connection, destination }) {
      const uri = toUri(connection, destination);
      if (isOpen(uri)) {
        changed.fire(uri);
      }
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    },
    lenses: {
      onDidChangeCodeLenses: lensesChanged.event,
      provideCodeLenses: ({ uri }) =>
        (actions.get(uri.toString()) ?? []).map(
          ({ line, title, command, node }) =>
            new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
              title,
              command: `cloudflareWebhooks.${command}`,
              arguments: [node],
            }),
        ),
    },
    dispose: () => vscode.Disposable.from(following, opening, forgetting, lensesChanged, { dispose: stop }).dispose(),
  };
}

function isOpen(uri: vscode.Uri): boolean {
  return vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
}

function readUri({ query }: vscode.Uri): { readonly accountId: string; readonly destinationId: string } {
  const [accountId = '', destinationId = ''] = query.split('&').map(decodeURIComponent);
  return { accountId, destinationId };
}

/** The IDs are in the query; the path is the name of the tab. */
function toUri({ account }: Connection, destination: Destination): vscode.Uri {
  const name = plain(vscode.l10n.t('Delivery to {0}', nameOf(destination)), 80).replaceAll(/[/\\:*?"<>|#%]+/g, '-');
  return vscode.Uri.from({
    scheme: DELIVERY_SCHEME,
    path: `/${name}.txt`,
    query: [account.id, destination.id].map(encodeURIComponent).join('&'),
  });
}

async function explain(connection: Connection, destinationId: string, services: ExplainServices): Promise<Explanation> {
  const { account, api } = connection;
  const { host, policies, secrets, lastTests } = services;
  const now = host.now();
  const destination = await api.getDestination(account.id, destinationId).catch((error: unknown) => {
    if (isNotFound(error)) {
      return undefined;
    }
    throw error;
  });
  const [known, sent, remembered] = destination
    ? await Promise.all([
        policies.read(connection).catch(unknown),
        api.listSentAlerts(account.id, startOfDay(now, DAYS - 1)).catch(unknown),
        secrets.get(account.id, destinationId),
      ])
    : [];
  const test = lastTests.get(account.id, destinationId);
  const observed: Observed = {
    destination,
    remembered,
    policies: known?.policies,
    silences: known?.silences,
    sent,
    test,
    now,
  };
  const node = { kind: 'destination', accountId: account.id, destinationId } as const;
  const shown =
    destination ?? findById(services.store.entry(account.id)?.state.last?.destinations ?? [], destinationId);
  const lines = [
    vscode.l10n.t('Delivery to “{0}” of {1}', shown ? nameOf(shown) : destinationId, account.name),
    vscode.l10n.t('As of {0}. The weakest link is first.', describeMoment(new Date(now).toISOString())),
  ];
  const actions: Action[] = [];
  for (const link of walkDelivery(observed)) {
    lines.push('');
    const line = lines.length;
    lines.push(`${WORDS()[link.state]} ${describeLink(link, destination, test && describeLastTest(test))}`);
    actions.push(...toActions(link, node).map((action) => ({ ...action, line })));
  }
  return { text: `${lines.map((each) => plain(each)).join('\n')}\n`, actions, known };
}

const WORDS = (): Readonly<Record<LinkState, string>> => ({
  broken: vscode.l10n.t('✗ Broken:'),
  weak: vscode.l10n.t('! Check:'),
  unknown: vscode.l10n.t('? Unknown:'),
  sound: vscode.l10n.t('✓ OK:'),
});

function describeLink(link: Link, destination: Destination | undefined, test: string | undefined): string {
  switch (link.kind) {
    case 'destination':
      return link.state === 'sound'
        ? vscode.l10n.t('The destination exists at Cloudflare.')
        : vscode.l10n.t('The destination no longer exists at Cloudflare. Policies that name it deliver nothing to it.');
    case 'credentials':
      return describeCredentials(link);
    case 'policies':
      return describePolicies(link, destination ? nameOf(destination) : '');
    case 'enabled':
      return describeEnabled(link);
    case 'silences':
      return describeSilences(link);
    case 'health':
      return describeHealthOf(link.health, destination);
    case 'sent':
      return link.last !== undefined
        ? vscode.l10n.t(
            'Cloudflare last sent an alert to it: {0}. The history does not show whether it arrived.',
            describeTime(link.last),
          )
        : link.isRead
          ? vscode.l10n.t('The history of the last {0} days shows no alert that names it.', DAYS)
          : vscode.l10n.t('Could not load the history of sent alerts. See the log for details.');
    case 'test':
      return test === undefined
        ? vscode.l10n.t('It has not been tested since VS Code started.')
        : link.isOutdated
          ? vscode.l10n.t('Last test {0}. The URL has changed since then.', test)
          : vscode.l10n.t('Last test {0}.', test);
    default:
      return link satisfies never;
  }
}

function describeCredentials({ lacks, hasSecret }: Extract<Link, { kind: 'credentials' }>): string {
  switch (lacks) {
    case undefined:
      return hasSecret
        ? vscode.l10n.t('This machine knows the full URL and the secret, so it can test the receiver.')
        : vscode.l10n.t('This machine knows the full URL, so it can test the receiver.');
    case 'url':
      return vscode.l10n.t(
        'Cloudflare hides the secret part of the URL, and this machine does not remember it. “Test…” asks for it.',
      );
    case 'secret':
      return vscode.l10n.t(
        'Cloudflare never returns the secret, and this machine does not remember it. “Test…” asks for it.',
      );
    case 'perhapsSecret':
      return vscode.l10n.t('This machine knows the full URL, but not whether there is a secret. “Test…” asks for it.');
    default:
      return lacks satisfies never;
  }
}

function describePolicies(
  { policies, isPartial, state }: Extract<Link, { kind: 'policies' }>,
  destinationName: string,
): string {
  if (state === 'broken') {
    return vscode.l10n.t('No notification policy uses this destination, so Cloudflare sends no alerts to it.');
  }
  if (state === 'unknown' && !isPartial) {
    return vscode.l10n.t('Could not load the notification policies. See the log for details.');
  }
  const known = plural(
    policies.length,
    vscode.l10n.t('1 notification policy uses it: {0}.', nameAll(policies)),
    vscode.l10n.t('{0} notification policies use it: {1}.', policies.length, nameAll(policies)),
  );
  return [
    ...(policies.length > 0 ? [known] : []),
    ...(isPartial ? [describeUnreadPolicies(destinationName)] : []),
  ].join(' ');
}

function describeEnabled({ policies, count, state }: Extract<Link, { kind: 'enabled' }>): string {
  return state === 'sound'
    ? plural(count, vscode.l10n.t('The policy is enabled.'), vscode.l10n.t('All {0} policies are enabled.', count))
    : state === 'broken'
      ? plural(
          count,
          vscode.l10n.t('The policy is disabled: {0}. Cloudflare sends no alerts.', nameAll(policies)),
          vscode.l10n.t('All policies are disabled: {0}. Cloudflare sends no alerts.', nameAll(policies)),
        )
      : vscode.l10n.t('Disabled policies: {0} of {1} ({2}).', policies.length, count, nameAll(policies));
}

function describeSilences({ policies, count, until, state }: Extract<Link, { kind: 'silences' }>): string {
  if (state === 'unknown') {
    return vscode.l10n.t('Could not load the silences of policies. See the log for details.');
  }
  if (policies.length === 0) {
    return vscode.l10n.t('No enabled policy is silenced.');
  }
  return policies.length === 1
    ? vscode.l10n.t(
        '{0} is silenced until {1}. Cloudflare sends none of its alerts.',
        nameAll(policies),
        describeMoment(until),
      )
    : vscode.l10n.t(
        '{0} of {1} enabled policies are silenced: {2}. Cloudflare sends none of their alerts.',
        policies.length,
        count,
        nameAll(policies),
      );
}

function describeHealthOf(
  health: Extract<Link, { kind: 'health' }>['health'],
  destination: Destination | undefined,
): string {
  switch (health) {
    case 'failing':
      return vscode.l10n.t(
        'The last delivery failed: {0}. The last one that succeeded: {1}.',
        describeTime(destination?.lastFailure),
        describeTime(destination?.lastSuccess),
      );
    case 'healthy':
      return vscode.l10n.t('The last delivery succeeded: {0}.', describeTime(destination?.lastSuccess));
    case 'unused':
      return vscode.l10n.t('Cloudflare has never delivered an alert to it.');
    case 'unreadable':
      return vscode.l10n.t(
        'Not all times of Cloudflare could be read. Last success: {0}. Last failure: {1}.',
        describeTime(destination?.lastSuccess),
        describeTime(destination?.lastFailure),
      );
    default:
      return health satisfies never;
  }
}

/** What can be done about a link. A sound link needs nothing. */
function toActions(link: Link, node: Extract<Node, { kind: 'destination' }>): readonly Omit<Action, 'line'>[] {
  if (link.state === 'sound' && link.kind !== 'policies') {
    return [];
  }
  const policies = { title: vscode.l10n.t('Policies…'), command: 'managePolicies', node } as const;
  const dashboard = { title: vscode.l10n.t('Open in Dashboard'), command: 'openInDashboard', node } as const;
  const test = { title: vscode.l10n.t('Test…'), command: 'testDestination', node } as const;
  const edit = { title: vscode.l10n.t('Edit…'), command: 'editDestination', node } as const;
  switch (link.kind) {
    case 'destination':
      return [{ title: vscode.l10n.t('Create Destination…'), command: 'createDestination', node }];
    case 'credentials':
    case 'test':
      return [test];
    case 'policies':
      return link.state === 'unknown' ? [{ title: vscode.l10n.t('Show Log'), command: 'showLog', node }] : [policies];
    case 'enabled':
      return link.policies.slice(0, MOST_NAMED).map((policy) => ({
        title: vscode.l10n.t('Enable “{0}”', escapeIcons(plain(nameOfPolicy(policy), 60))),
        command: 'togglePolicy',
        node: { ...node, kind: 'policy', policyId: policy.id, enable: true },
      }));
    case 'silences':
    case 'sent':
      return [dashboard];
    case 'health':
      return link.health === 'failing' ? [test, edit] : [test];
    default:
      return link satisfies never;
  }
}
