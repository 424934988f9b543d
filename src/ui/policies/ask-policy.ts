import * as vscode from 'vscode';
import type { AlertType } from '../../core/model/alert-type.ts';
import type { Destination } from '../../core/model/destination.ts';
import { createIdSet } from '../../core/model/id.ts';
import { parseMailAddresses } from '../../core/model/mail-addresses.ts';
import { plainName } from '../../core/model/plain-text.ts';
import { normalizeName } from '../../core/model/web-address.ts';
import { askInTurn, type Turn } from '../host/flow.ts';
import { type Answer, askPick, askText } from '../host/quick-input.ts';
import { describeBriefly, nameOf } from '../text/destination.ts';
import { list, plural, quote } from '../text/format.ts';
import { nameOfPolicy } from '../text/policy.ts';

/** What an account can choose from. */
export type Choices = {
  readonly alerts: readonly AlertType[];
  readonly destinations: readonly Destination[];
  readonly canUseWebhooks: boolean;
  readonly canUseMail: boolean;
};

/** The answers so far. `addresses`: the text as typed. */
export type PolicyDraft = {
  readonly alert?: AlertType;
  readonly name: string;
  readonly webhookIds: readonly string[];
  readonly addresses: string;
  readonly enabled: boolean;
};

/** The body of the creation. */
export function toPolicy({
  alert,
  name,
  webhookIds,
  addresses,
  enabled,
}: PolicyDraft): Readonly<Record<string, unknown>> {
  const mail = parseMailAddresses(addresses).addresses;
  return {
    name: normalizeName(name),
    alert_type: alert?.type ?? '',
    enabled,
    mechanisms: {
      ...(webhookIds.length > 0 ? { webhooks: webhookIds.map((id) => ({ id })) } : {}),
      ...(mail.length > 0 ? { email: mail.map((id) => ({ id })) } : {}),
    },
  };
}

export type StepName = 'alert' | 'name' | 'destinations' | 'addresses' | 'state';

type Context = Turn<PolicyDraft> & { readonly draft: PolicyDraft; readonly choices: Choices };

const STEPS: Readonly<Record<StepName, (context: Context) => Promise<Answer<Partial<PolicyDraft>>>>> = {
  alert: askAlert,
  name: askName,
  destinations: askDestinations,
  addresses: askAddresses,
  state: askState,
};

/** Asks the questions from `first` on, with Back on all but the first. Undefined if the user cancels. */
export async function askPolicy(
  start: PolicyDraft,
  first: StepName,
  choices: Choices,
): Promise<(PolicyDraft & { readonly alert: AlertType }) | undefined> {
  const { destinations, canUseWebhooks, canUseMail } = choices;
  const names: readonly StepName[] = [
    'alert',
    'name',
    ...(canUseWebhooks && destinations.length > 0 ? (['destinations'] as const) : []),
    ...(canUseMail ? (['addresses'] as const) : []),
    'state',
  ];
  const answers = await askInTurn<PolicyDraft>(
    vscode.l10n.t('Create Policy'),
    start,
    names.map((name) => (draft) => async (turn) => STEPS[name]({ draft, choices, ...turn })),
    Math.max(names.indexOf(first), 0),
  );
  return answers?.alert && { ...answers, alert: answers.alert };
}

type AlertItem = vscode.QuickPickItem & { readonly alert?: AlertType };

async function askAlert({ draft, choices, shared }: Context): Promise<Answer<Partial<PolicyDraft>>> {
  const items = choices.alerts.flatMap((alert, index): readonly AlertItem[] => [
    ...(choices.alerts[index - 1]?.product === alert.product
      ? []
      : [{ label: alert.product, kind: vscode.QuickPickItemKind.Separator }]),
    {
      label: alert.name,
      description: alert.type,
      detail: [alert.description, describeRequired(alert)].filter(Boolean).join(' '),
      alert,
    },
  ]);
  const answer = await askPick({
    ...shared,
    placeholder: vscode.l10n.t('Select the alert that the policy is about'),
    items,
    isActive: ({ alert }) => alert !== undefined && alert.type === draft.alert?.type,
  });
  const alert = answer.kind === 'value' ? answer.value[0]?.alert : undefined;
  if (!alert) {
    return { kind: 'cancel' };
  }
  const isUntouched = draft.name === '' || draft.name === draft.alert?.name;
  return { kind: 'value', value: { alert, ...(isUntouched ? { name: alert.name } : {}) } };
}

/** "Requires the filter “zones”." Empty for an alert type without required filters. */
function describeRequired({ filters }: AlertType): string {
  const keys = filters.filter(({ isRequired }) => isRequired).map(({ key }) => quote(plainName(key)));
  return keys.length === 0
    ? ''
    : plural(
        keys.length,
        vscode.l10n.t('Requires the filter {0}.', list(keys)),
        vscode.l10n.t('Requires the filters {0}.', list(keys)),
      );
}

async function askName({ draft, keep, shared }: Context): Promise<Answer<Partial<PolicyDraft>>> {
  return askText({
    ...shared,
    prompt: vscode.l10n.t('Enter a name for the policy.'),
    value: draft.name,
    onBack: (name) => keep({ name }),
    check: (text) =>
      normalizeName(text) === ''
        ? { ok: false, problem: vscode.l10n.t('Enter a name.') }
        : { ok: true, value: { name: text } },
  });
}

async function askDestinations({ draft, choices, keep, shared }: Context): Promise<Answer<Partial<PolicyDraft>>> {
  const selected = createIdSet(draft.webhookIds);
  const items = choices.destinations
    .map((destination) => ({
      label: nameOf(destination),
      description: describeBriefly(destination),
      picked: selected.has(destination.id),
      id: destination.id,
    }))
    .toSorted((a, b) => Number(b.picked) - Number(a.picked) || a.label.localeCompare(b.label));
  const toChange = (chosen: readonly (typeof items)[number][]): Partial<PolicyDraft> => ({
    webhookIds: chosen.map(({ id }) => id),
  });
  const answer = await askPick({
    ...shared,
    // Longer placeholders are cut off.
    placeholder: choices.canUseMail
      ? vscode.l10n.t('Select the destinations. E-mail addresses are next.')
      : vscode.l10n.t('Select the destinations. E-mail is not allowed here.'),
    items,
    many: true,
    none: choices.canUseMail,
    onBack: (chosen) => keep(toChange(chosen)),
  });
  return answer.kind === 'value'
    ? { kind: 'value', value: toChange(answer.value) }
    : { kind: answer.kind === 'back' ? 'back' : 'cancel' };
}

async function askAddresses({ draft, keep, shared }: Context): Promise<Answer<Partial<PolicyDraft>>> {
  const isRequired = draft.webhookIds.length === 0;
  return askText({
    ...shared,
    prompt: isRequired
      ? vscode.l10n.t('Enter the e-mail addresses that receive the alerts, separated by commas.')
      : vscode.l10n.t(
          'Enter e-mail addresses that also receive the alerts, separated by commas. Leave the field empty for none.',
        ),
    placeholder: 'ops@example.com, security@example.com',
    value: draft.addresses,
    onBack: (addresses) => keep({ addresses }),
    check(text) {
      const { addresses, invalid } = parseMailAddresses(text);
      if (invalid.length > 0) {
        const words = list(invalid.map((each) => quote(plainName(each))));
        const problem = plural(
          invalid.length,
          vscode.l10n.t('{0} is not an e-mail address.', words),
          vscode.l10n.t('These are not e-mail addresses: {0}.', words),
        );
        return { ok: false, problem };
      }
      if (isRequired && addresses.length === 0) {
        return {
          ok: false,
          problem: vscode.l10n.t('Enter an e-mail address, because no webhook destination is selected.'),
        };
      }
      return { ok: true, value: { addresses: text } };
    },
  });
}

async function askState({ draft, shared }: Context): Promise<Answer<Partial<PolicyDraft>>> {
  const required = draft.alert ? describeRequired(draft.alert) : '';
  const first = required && vscode.l10n.t('A JSON document opens first. {0}', required);
  const items = [
    {
      label: vscode.l10n.t('Enabled'),
      detail: first || vscode.l10n.t('Cloudflare sends alerts as soon as the policy exists.'),
      enabled: true,
    },
    {
      label: vscode.l10n.t('Disabled'),
      detail: first || vscode.l10n.t('Cloudflare sends no alerts until you enable the policy.'),
      enabled: false,
    },
  ];
  const answer = await askPick({
    ...shared,
    placeholder: vscode.l10n.t('Create “{0}” enabled or disabled?', nameOfPolicy({ name: normalizeName(draft.name) })),
    items,
    isActive: ({ enabled }) => enabled === draft.enabled,
  });
  const [chosen] = answer.kind === 'value' ? answer.value : [];
  return chosen
    ? { kind: 'value', value: { enabled: chosen.enabled } }
    : { kind: answer.kind === 'back' ? 'back' : 'cancel' };
}
