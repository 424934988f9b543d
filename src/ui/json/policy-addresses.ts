import * as vscode from 'vscode';
import type { Policy } from '../../core/model/policy.ts';
import { JSON_SCHEME, POLICY_ENDING } from '../host/ids.ts';
import { nameOfPolicy } from '../text/policy.ts';
import { safeName } from './addresses.ts';

/** The target of a policy document. The IDs identify it; the name is for display only. */
export type PolicyAddress = {
  readonly accountId: string;
  /** Undefined: saving the document creates the policy. */
  readonly policyId: string | undefined;
};

/** `/<account>/policies/<policy>/<name>.cfpolicy.json` */
export function policyAddressOf(accountId: string, policy: Pick<Policy, 'id' | 'name'>): vscode.Uri {
  return makeUri(accountId, 'policies', policy.id, safeName(nameOfPolicy(policy), 'policy'));
}

/** `/<account>/policies/new/<n>/New Policy.cfpolicy.json`, unique even after a window reload. */
export function nextPolicyAddress(accountId: string): vscode.Uri {
  return makeUri(accountId, 'policies', 'new', Date.now().toString(36), vscode.l10n.t('New Policy'));
}

/** Undefined for a folder above a document, and for any other document. */
export function readPolicyAddress(uri: vscode.Uri): PolicyAddress | undefined {
  const [accountId = '', folder, policyId = '', ...rest] = uri.path.split('/').slice(1);
  const isNew = policyId === 'new';
  return isPolicyDocument(uri) && folder === 'policies' && rest.length === (isNew ? 2 : 1)
    ? { accountId, policyId: isNew ? undefined : policyId }
    : undefined;
}

export function isPolicyDocument({ scheme, path }: vscode.Uri): boolean {
  return scheme === JSON_SCHEME && path.endsWith(POLICY_ENDING);
}

function makeUri(...segments: readonly string[]): vscode.Uri {
  return vscode.Uri.from({ scheme: JSON_SCHEME, path: `/${segments.join('/')}${POLICY_ENDING}` });
}
