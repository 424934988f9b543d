import * as vscode from 'vscode';
import { MissingDestinationsError, UncertainPolicyError } from '../../core/policies/change-policy.ts';
import type { Connection } from '../../core/accounts/connection.ts';
import { listAlertTypes, listIneligibleKinds } from '../../core/api/alerting-calls.ts';
import { ApiError, describeForLog } from '../../core/api/api-error.ts';
import { connectionNow, withApiNow } from '../../core/monitoring/connection-now.ts';
import { isCanceled } from '../../core/async/canceled.ts';
import type { AlertType } from '../../core/model/alert-type.ts';
import { createIdSet } from '../../core/model/id.ts';
import {
  createPolicy as createOnce,
  type CreatedPolicy,
  isUnanswered,
  type UnansweredPolicies,
} from '../../core/policies/create-policy.ts';
import { inView } from '../host/commands.ts';
import { ask, tell, withoutLinks } from '../host/notice.ts';
import { UserError } from '../host/report.ts';
import { runCommand } from '../host/run-command.ts';
import { describeCause, describeProblem, describeRemedy } from '../text/error.ts';
import { describeFailure } from '../text/operation-failure.ts';
import { nameOfPolicy } from '../text/policy.ts';
import { askPolicy, type Choices, type PolicyDraft, type StepName, toPolicy } from './ask-policy.ts';
import type { PolicyServices } from './manage-policies.ts';
import { describeCreated, describeDifferent } from './messages.ts';
import { offerToggle } from './toggle-policy.ts';

export type CreateServices = PolicyServices & {
  readonly unanswered: UnansweredPolicies;
  /** Opens a JSON document of a policy that does not exist yet, for fields that the questions do not cover. */
  readonly openPolicyDocument: (connection: Connection, draft: Readonly<Record<string, unknown>>) => Promise<void>;
};

/**
 * Runs Create Policy…: alert type, name, destinations, e-mail addresses, enabled or not. The last answer sends the creation,
 * or opens a JSON document if the alert type requires filters. `destinationIds`: selected initially. API errors of loading
 * the choices pass through.
 */
export async function createPolicy(
  connection: Connection,
  destinationIds: readonly string[],
  services: CreateServices,
): Promise<void> {
  const choices = await loadChoices(connection);
  if (!choices.canUseWebhooks && !(await confirmMailOnly(connection))) {
    return;
  }
  const webhookIds = destinationIds.filter(() => choices.canUseWebhooks);
  await run({ name: '', webhookIds, addresses: '', enabled: true }, 'alert', { connection, choices, services });
}

/** Fetches what the account can choose from. Throws {@link UserError} if a policy cannot be created by this flow. */
async function loadChoices({ account, api }: Connection): Promise<Choices> {
  const [alerts, ineligible, destinations] = await inView(async () =>
    Promise.all([
      listAlertTypes(api, account.id),
      // Without this answer Cloudflare still refuses what the account may not use. The client has logged the error.
      listIneligibleKinds(api, account.id).catch((): ReadonlySet<string> => new Set()),
      api.listDestinations(account.id),
    ]),
  );
  if (alerts.length === 0) {
    throw new UserError(vscode.l10n.t('Cloudflare lists no alert types for {0}.', account.name));
  }
  const canUseWebhooks = !ineligible.has('webhooks');
  const canUseMail = !ineligible.has('email');
  if (!canUseWebhooks && !canUseMail) {
    throw new UserError(
      vscode.l10n.t('Cloudflare does not allow {0} to send alerts to webhooks or e-mail addresses.', account.name),
    );
  }
  if (!canUseMail && destinations.length === 0) {
    throw new UserError(
      vscode.l10n.t(
        '{0} has no webhook destinations, and Cloudflare does not allow it to send alerts to e-mail addresses. Create a destination with “Create Destination…” first.',
        account.name,
      ),
    );
  }
  return { alerts, destinations, canUseWebhooks, canUseMail };
}

async function confirmMailOnly({ account }: Connection): Promise<boolean> {
  const question = vscode.l10n.t('Create a policy without webhook destinations?');
  const detail = vscode.l10n.t(
    'Cloudflare does not allow {0} to send alerts to webhooks. A policy can send them to e-mail addresses only.',
    account.name,
  );
  const goOn = vscode.l10n.t('Use E-Mail Addresses');
  return (await ask(question, detail, goOn)) === goOn;
}

type Context = {
  readonly connection: Connection;
  readonly choices: Choices;
  readonly services: CreateServices;
};

/** Asks from a step on and creates the policy. A failure is reported with a button that asks again, with the same answers. */
async function run(start: PolicyDraft, first: StepName, context: Context): Promise<void> {
  const { connection, choices, services } = context;
  const existing = createIdSet(choices.destinations.map(({ id }) => id));
  const webhookIds = start.webhookIds.filter((id) => existing.has(id));
  const isMissing = webhookIds.length < start.webhookIds.length;
  const step = isMissing && first === 'state' ? 'destinations' : first;
  const draft = await askPolicy({ ...start, webhookIds }, step, choices);
  if (!draft) {
    return;
  }
  const required = draft.alert.filters.filter(({ isRequired }) => isRequired);
  if (required.length > 0) {
    const filters = Object.fromEntries(required.map(({ key }) => [key, []]));
    await services.openPolicyDocument(connection, { ...toPolicy(draft), filters });
    return;
  }
  try {
    const created = await createWithProgress(draft, connection, services);
    void tellCreated(created, draft, context);
  } catch (error) {
    void reportAndOffer(error, draft, connection, services);
  } finally {
    services.policies.forget([connection.account.id]);
  }
}

async function createWithProgress(
  draft: Answered,
  connection: Connection,
  { store, host, unanswered }: CreateServices,
): Promise<CreatedPolicy> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: withoutLinks(vscode.l10n.t('Creating the policy “{0}”', nameOfPolicy(draft))),
      cancellable: true,
    },
    async (_, token) => {
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      return createOnce(
        withApiNow(store, connection, {
          host,
          accountId: connection.account.id,
          policy: toPolicy(draft),
          unanswered,
          signal: cancel.signal,
        }),
      );
    },
  );
}

type Answered = PolicyDraft & { readonly alert: AlertType };

async function tellCreated(
  { policy, ...created }: CreatedPolicy,
  draft: Answered,
  { connection, choices, services }: Context,
): Promise<void> {
  if (policy && created.differing.length > 0) {
    await tell('warning', describeDifferent(policy.name, created, connection.account.name));
    return;
  }
  const message = describeCreated(draft, choices.destinations);
  if (policy) {
    await offerToggle(message, connection, policy, services);
    return;
  }
  const unread = vscode.l10n.t('The policy could not be loaded afterwards. Check it in the dashboard.');
  await tell('warning', `${message} ${unread}`);
}

/** Reports why a policy was not created. The buttons open the questions again at the step that the failure concerns. */
async function reportAndOffer(
  error: unknown,
  draft: Answered,
  connection: Connection,
  services: CreateServices,
): Promise<void> {
  const { account } = connection;
  services.logger.log('error', `createPolicy: ${describeForLog(error)}`);
  const codes = error instanceof ApiError ? (error.details.codes ?? []) : [];
  const again = vscode.l10n.t('Try Again');
  const replaceToken = describeRemedy('replaceToken');
  const asJson = vscode.l10n.t('Edit as JSON');
  const hasTokenRemedy =
    error instanceof ApiError && describeProblem(error, account.name).remedies.includes('replaceToken');
  const chosen = await tell(
    'error',
    describeCreationFailure(error, draft, {
      accountName: account.name,
      mayExist: isUnanswered({ accountId: account.id, policy: toPolicy(draft), unanswered: services.unanswered }),
    }),
    again,
    ...(codes.includes(FILTERS_REQUIRED) ? [asJson] : []),
    ...(hasTokenRemedy ? [replaceToken] : []),
  );
  try {
    if (chosen === replaceToken) {
      await runCommand('replaceToken', { kind: 'account', accountId: account.id });
    }
    if (chosen === again || chosen === replaceToken) {
      const now = connectionNow(services.store, connection);
      const choices = await loadChoices(now);
      await run(draft, stepOf(error, codes), { connection: now, choices, services });
    } else if (chosen === asJson) {
      const filters = Object.fromEntries(draft.alert.filters.map(({ key }) => [key, []]));
      await services.openPolicyDocument(connectionNow(services.store, connection), { ...toPolicy(draft), filters });
    }
  } catch (failure) {
    // The command has already ended, so its error boundary does not apply.
    void reportAndOffer(failure, draft, connection, services);
  }
}

/** Codes with which Cloudflare refuses a policy. Other users of the API report them. */
const INVALID_ALERT_TYPE = 17004;
const NO_MECHANISM = 17102;
const FILTERS_REQUIRED = 17103;

/** The step whose answer was refused, else the last one. */
function stepOf(error: unknown, codes: readonly number[]): StepName {
  return codes.includes(INVALID_ALERT_TYPE)
    ? 'alert'
    : error instanceof UncertainPolicyError
      ? 'name'
      : codes.includes(NO_MECHANISM) || error instanceof MissingDestinationsError
        ? 'destinations'
        : 'state';
}

/** `mayExist`: an attempt was sent, and its effect is not known. A later failure of any kind does not change that. */
function describeCreationFailure(
  error: unknown,
  draft: Answered,
  { accountName, mayExist }: { readonly accountName: string; readonly mayExist: boolean },
): string {
  const name = nameOfPolicy(draft);
  if (error instanceof UncertainPolicyError) {
    return describeFailure(error, accountName);
  }
  if (error instanceof MissingDestinationsError) {
    return vscode.l10n.t(
      'The policy “{0}” was not created, because a selected destination no longer exists at Cloudflare.',
      name,
    );
  }
  if (isCanceled(error)) {
    return vscode.l10n.t(
      'Creating the policy “{0}” was canceled. If the request was already sent, Cloudflare may still create the policy. “Try Again” looks for it first.',
      name,
    );
  }
  const failure =
    error instanceof UserError
      ? error.message
      : error instanceof ApiError
        ? describeCause(error, accountName).sentence
        : describeFailure(error, accountName);
  if (mayExist) {
    return vscode.l10n.t(
      'Cloudflare did not confirm that it created the policy “{0}”. {1} “Try Again” looks for the policy first.',
      name,
      failure,
    );
  }
  return error instanceof UserError ? failure : vscode.l10n.t('The policy “{0}” was not created. {1}', name, failure);
}
