import * as vscode from 'vscode';
import type { Account } from '../../core/model/account.ts';
import type { Policy } from '../../core/model/policy.ts';
import { JSON_SCHEME, POLICY_ENDING } from '../host/ids.ts';
import { nameOfPolicy } from '../text/policy.ts';
import { makeUri, readIds, safeName } from './addresses.ts';

/** The target of a policy document. The IDs identify it; the names of account and file are for display only. */
export type PolicyAddress = {
  readonly accountId: string;
  /** Undefined: saving the document creates the policy. */
  readonly policyId: string | undefined;
};

/** `/<account name>/<name>.cfpolicy.json?account=<id>&policy=<id>`: VS Code shows the path as a breadcrumb. */
export function policyAddressOf(account: Account, policy: Pick<Policy, 'id' | 'name'>): vscode.Uri {
  return makeUri(account, safeName(nameOfPolicy(policy), 'policy') + POLICY_ENDING, { policy: policy.id });
}

/** `/<account name>/New Policy.cfpolicy.json?account=<id>&new=<n>`, unique even after a window reload. */
export function nextPolicyAddress(account: Account): vscode.Uri {
  return makeUri(account, vscode.l10n.t('New Policy') + POLICY_ENDING, { new: Date.now().toString(36) });
}

/** Undefined for a folder above a document, and for any other document. */
export function readPolicyAddress(uri: vscode.Uri): PolicyAddress | undefined {
  const ids = isPolicyDocument(uri) ? readIds(uri) : {};
  return ids.account !== undefined && (ids.policy !== undefined || ids.new !== undefined)
    ? { accountId: ids.account, policyId: ids.policy }
    : undefined;
}

export function isPolicyDocument({ scheme, path }: vscode.Uri): boolean {
  return scheme === JSON_SCHEME && path.endsWith(POLICY_ENDING);
}
