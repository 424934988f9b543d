import * as vscode from 'vscode';
import type { OverviewTexts } from '../../core/overview-protocol.ts';
import { describeHealth } from '../text/destination.ts';
import { uiLanguage } from '../text/ui-language.ts';

/** The days of the timeline and of the alerts. */
export const OVERVIEW_DAYS = 30;

/** The static texts of the page. The page fills in `{0}`, `{1}` and `{2}`. */
export function overviewTexts(): OverviewTexts {
  return {
    language: uiLanguage(),
    title: vscode.l10n.t('Webhook Health Overview'),
    refresh: vscode.l10n.t('Refresh All'),
    exportCsv: vscode.l10n.t('Export as CSV…'),
    testUnproven: vscode.l10n.t('Test All Unproved ({0})…', '{0}'),
    filter: vscode.l10n.t('Filter by name, account, type or host'),
    allAccounts: vscode.l10n.t('All accounts ({0})', '{0}'),
    allTypes: vscode.l10n.t('All types ({0})', '{0}'),
    accounts: vscode.l10n.t('Account'),
    types: vscode.l10n.t('Type'),
    states: {
      failing: describeHealth('failing'),
      healthy: describeHealth('healthy'),
      unused: describeHealth('unused'),
      unknown: describeHealth('unknown'),
    },
    filters: {
      all: vscode.l10n.t('All'),
      failing: vscode.l10n.t('Failing'),
      healthy: vscode.l10n.t('Healthy'),
      unused: vscode.l10n.t('Never used'),
      unproven: vscode.l10n.t('Not proved'),
    },
    columns: {
      name: vscode.l10n.t('Name'),
      account: vscode.l10n.t('Account'),
      type: vscode.l10n.t('Type'),
      host: vscode.l10n.t('Host'),
      health: vscode.l10n.t('Health'),
      success: vscode.l10n.t('Last success'),
      failure: vscode.l10n.t('Last failure'),
      policies: vscode.l10n.t('Policies'),
      alerts: vscode.l10n.t('Alerts'),
    },
    timeline: vscode.l10n.t('Last {0} days', OVERVIEW_DAYS),
    selection: vscode.l10n.t('Selection'),
    never: vscode.l10n.t('never'),
    now: vscode.l10n.t('now'),
    loading: vscode.l10n.t('Loading…'),
    unknown: vscode.l10n.t('Could not be loaded'),
    unknownTime: vscode.l10n.t('unknown'),
    count: vscode.l10n.t('{0} ({1})', '{0}', '{1}'),
    countFailing: vscode.l10n.t('{0} ({1}, {2} failing)', '{0}', '{1}', '{2}'),
    shownOne: vscode.l10n.t('{0} of 1 destination', '{0}'),
    shown: vscode.l10n.t('{0} of {1} destinations', '{0}', '{1}'),
    selectedOne: vscode.l10n.t('1 selected'),
    selected: vscode.l10n.t('{0} selected', '{0}'),
    clear: vscode.l10n.t('Clear Selection'),
    actions: {
      test: vscode.l10n.t('Test…'),
      policies: vscode.l10n.t('Policies…'),
      export: vscode.l10n.t('Export…'),
      delete: vscode.l10n.t('Delete…'),
    },
    unprovenOne: vscode.l10n.t('not proved for 1 day'),
    unproven: vscode.l10n.t('not proved for {0} days', '{0}'),
    noMatch: vscode.l10n.t('No destination matches the filter.'),
    clearFilter: vscode.l10n.t('Clear Filter'),
    noDestination: vscode.l10n.t('The accounts have no webhook destinations.'),
    noAccount: vscode.l10n.t('There is no Cloudflare account yet.'),
    addAccount: vscode.l10n.t('Add Account…'),
  };
}
