import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Policy } from '../../core/model/policy.ts';
import { withApiNow } from '../../core/monitoring/connection-now.ts';
import { changePolicy, PolicyConflictError } from '../../core/policies/change-policy.ts';
import { inView } from '../host/commands.ts';
import { tell } from '../host/notice.ts';
import { UserError } from '../host/report.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { nameOfPolicy } from '../text/policy.ts';
import type { PolicyServices } from './manage-policies.ts';

/**
 * Enables a disabled policy, or disables an enabled one, as Cloudflare has it now. The rest of the policy stays. The message
 * at the end offers the reverse, unless another client changed the policy too. Uses the present token, because a question can
 * have been open for long. API errors pass through.
 */
export async function togglePolicy(
  connection: Connection,
  policy: Pick<Policy, 'id' | 'name' | 'enabled'>,
  services: PolicyServices,
  enabled = !policy.enabled,
): Promise<void> {
  const { account } = connection;
  let conflict: PolicyConflictError | undefined;
  try {
    await inView(async () =>
      changePolicy(
        withApiNow(services.store, connection, {
          host: services.host,
          accountId: account.id,
          policyId: policy.id,
          change: (now) => ({ ...now.whole, enabled }),
          isChanged: (now) => now.enabled === enabled,
        }),
      ),
    );
  } catch (error) {
    if (!(error instanceof PolicyConflictError)) {
      throw error instanceof ApiError ? error : new UserError(describeFailure(error, account.name));
    }
    conflict = error;
  } finally {
    services.policies.forget([account.id]);
  }
  const name = nameOfPolicy(policy);
  const message = enabled
    ? vscode.l10n.t('Enabled the policy “{0}”.', name)
    : vscode.l10n.t('Disabled the policy “{0}”. It sends no alerts.', name);
  if (conflict) {
    void tell('warning', `${message} ${describeFailure(conflict, account.name)}`);
    return;
  }
  void offerToggle(message, connection, { ...policy, enabled }, services);
}

/** Shows a message about a policy with a button that enables a disabled policy, or disables an enabled one. Never rejects. */
export async function offerToggle(
  message: string,
  connection: Connection,
  policy: Pick<Policy, 'id' | 'name' | 'enabled'>,
  services: PolicyServices,
): Promise<void> {
  const button = policy.enabled ? vscode.l10n.t('Disable') : vscode.l10n.t('Enable');
  if ((await tell('information', message, button)) === button) {
    try {
      await togglePolicy(connection, policy, services);
    } catch (error) {
      void tell('error', error instanceof UserError ? error.message : describeFailure(error, connection.account.name));
    }
  }
}
