import * as vscode from 'vscode';
import type { Connection } from '../../core/accounts/connection.ts';
import type { Policy } from '../../core/model/policy.ts';
import type { TargetServices } from '../../target-services.ts';
import { onDestination, onDestinations } from '../destinations/targets.ts';
import type { CommandHandler, CommandHandlers, Module } from '../host/commands.ts';
import { DELIVERY_SCHEME } from '../host/ids.ts';
import { destinationsOfRows, isNode } from '../tree/nodes.ts';
import { createPolicy, type CreateServices } from './create-policy.ts';
import { createDeliveryDocuments } from './explain-delivery.ts';
import { locatePolicy, type LocatedPolicy } from './find-policy.ts';
import { managePolicies, requireOneAccount } from './manage-policies.ts';
import { togglePolicy } from './toggle-policy.ts';

/** Notification policies: which of them deliver to a destination, their state, and why no alert came. */
export function createPoliciesModule(
  services: TargetServices &
    CreateServices & {
      readonly openPolicy: (connection: Connection, policy: Policy) => Promise<void>;
    },
  explanationChanged: vscode.EventEmitter<vscode.Uri>,
) {
  const explanations = createDeliveryDocuments(services, explanationChanged);
  const onPolicy =
    (title: string, work: (target: LocatedPolicy) => Promise<unknown>): CommandHandler =>
    async (argument, naming) => {
      const target = await locatePolicy(argument, title, services);
      if (target) {
        const { account } = target.connection;
        naming({ name: account.name, accountId: account.id });
        await work(target);
      }
    };
  const manage = onDestinations(services.targets, vscode.l10n.t('Policies'), async (chosen) =>
    managePolicies(chosen, services),
  );
  return {
    commands: {
      async managePolicies(argument, naming, selected) {
        const destinations = destinationsOfRows(services.targets.rows(argument, selected));
        await manage(destinations[0] ?? argument, naming, destinations);
      },
      async createPolicy(argument, naming, selected) {
        const destinations = destinationsOfRows(services.targets.rows(argument, selected));
        requireOneAccount(destinations.map(({ accountId }) => accountId));
        const connection = await services.targets.account(argument, vscode.l10n.t('Create Policy'));
        if (connection) {
          const { id, name } = connection.account;
          naming({ name, accountId: id });
          const own = destinations.filter(({ accountId }) => accountId === id);
          await createPolicy(
            connection,
            own.map(({ destinationId }) => destinationId),
            services,
          );
        }
      },
      async togglePolicy(argument, naming, selected) {
        // A button says which state it makes, whatever the state is by then.
        const isEnabling = isNode(argument) && 'enable' in argument ? argument.enable === true : undefined;
        const toggle = onPolicy(vscode.l10n.t('Enable or Disable Policy'), async ({ connection, policy }) => {
          const enable = isEnabling ?? !policy.enabled;
          const { id: accountId, name } = connection.account;
          // The first attempt may have taken effect, so Retry must not reverse it.
          naming({
            name,
            accountId,
            retryWith: { kind: 'policy', accountId, destinationId: '', policyId: policy.id, enable },
          });
          await togglePolicy(connection, policy, services, enable);
        });
        await toggle(argument, naming, selected);
      },
      editPolicyAsJson: onPolicy(vscode.l10n.t('Edit Policy as JSON'), async ({ connection, policy }) =>
        services.openPolicy(connection, policy),
      ),
      explainDelivery: onDestination(services.targets, vscode.l10n.t('Explain Delivery'), async (target) =>
        explanations.show(target),
      ),
    } satisfies CommandHandlers,
    explanations,
    disposables: [
      explanations,
      vscode.languages.registerCodeLensProvider({ scheme: DELIVERY_SCHEME }, explanations.lenses),
    ],
  } satisfies Module & { readonly explanations: unknown };
}
