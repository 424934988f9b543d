import * as vscode from 'vscode';
import { isNotFound } from '../../core/api/api-error.ts';
import { skippedIn } from '../../core/api/skipped.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { findById } from '../../core/model/id.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { TargetServices } from '../../target-services.ts';
import { inView } from '../host/commands.ts';
import { pickOne } from '../host/pick.ts';
import { UserError } from '../host/report.ts';
import { describePolicy, nameOfPolicy } from '../text/policy.ts';
import { isNode, type Node } from '../tree/nodes.ts';

export type LocatedPolicy = { readonly connection: Connection; readonly policy: Policy };

/**
 * The policy of a row, of the selected row, or of a quick pick over the policies of an account. Undefined if the user
 * dismissed the pick. Throws {@link UserError} if the policy no longer exists or the account was removed, and API errors.
 */
export async function locatePolicy(
  argument: unknown,
  title: string,
  {
    store,
    policies,
    targets,
    destinationsView,
  }: Pick<TargetServices, 'store' | 'policies' | 'targets' | 'destinationsView'>,
): Promise<LocatedPolicy | undefined> {
  const node: Node | undefined = isNode(argument) ? argument : destinationsView.selected()[0];
  if (node?.kind === 'policy') {
    const connection = store.entry(node.accountId)?.connection;
    if (!connection) {
      throw new UserError(vscode.l10n.t('The Cloudflare account was removed from VS Code.'));
    }
    const known = await policies.get(connection);
    const listed = findById(known.policies, node.policyId);
    const mayExist = !listed && skippedIn(known.policies) > 0;
    const policy = mayExist ? await fetchPolicy(connection, node.policyId) : listed;
    if (!policy) {
      policies.forget([node.accountId]);
      throw new UserError(vscode.l10n.t('This policy no longer exists at Cloudflare.'));
    }
    return { connection, policy };
  }
  const connection = await targets.account(argument, title);
  if (!connection) {
    return undefined;
  }
  const known = await inView(async () => policies.read(connection));
  if (known.policies.length === 0) {
    throw new UserError(vscode.l10n.t('{0} has no notification policies.', connection.account.name));
  }
  const items = known.policies
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map((policy) => ({ label: nameOfPolicy(policy), description: describePolicy(policy, known), policy }));
  const picked = await pickOne(items, { title, matchOnDescription: true });
  return picked && { connection, policy: picked.policy };
}

/** Undefined if it does not exist. */
async function fetchPolicy({ account, api }: Connection, policyId: string): Promise<Policy | undefined> {
  return api.getPolicy(account.id, policyId).catch((error: unknown) => {
    if (isNotFound(error)) {
      return undefined;
    }
    throw error;
  });
}
