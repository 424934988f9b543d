import * as vscode from 'vscode';
import type { OverviewTexts } from '../../core/overview-protocol.ts';
import { describeHealth } from '../text/destination.ts';

/** The days of the timeline and of the alerts. */
export const OVERVIEW_DAYS = 30;

/** The static texts of the page. The page fills in `{0}`, `{1}` and `{2}`. */
export function overviewTexts(): OverviewTexts {
  const { t } = vscode.l10n;
  return {
    language: vscode.env.language,
    title: t('Webhook Health Overview'),
    refresh: t('Refresh All'),
    exportCsv: t('Export as CSV…'),
    testUnproven: t('Test All Unproved ({0})…', '{0}'),
    filter: t('Filter by name, account, type or host'),
    allAccounts: t('All accounts ({0})', '{0}'),
    allTypes: t('All types ({0})', '{0}'),
    accounts: t('Account'),
    types: t('Type'),
    states: {
      failing: describeHealth('failing'),
      healthy: describeHealth('healthy'),
      unused: describeHealth('unused'),
    },
    filters: {
      all: t('All'),
      failing: t('Failing'),
      healthy: t('Healthy'),
      unused: t('Never used'),
      unproven: t('Not proved'),
    },
    columns: {
      name: t('Name'),
      account: t('Account'),
      type: t('Type'),
      host: t('Host'),
      health: t('Health'),
      success: t('Last success'),
      failure: t('Last failure'),
      policies: t('Policies'),
      alerts: t('Alerts'),
    },
    timeline: t('Last {0} days', OVERVIEW_DAYS),
    selection: t('Selection'),
    never: t('never'),
    loading: t('Loading…'),
    unknown: t('Could not be loaded'),
    count: t('{0} ({1})', '{0}', '{1}'),
    countFailing: t('{0} ({1}, {2} failing)', '{0}', '{1}', '{2}'),
    shownOne: t('{0} of 1 destination', '{0}'),
    shown: t('{0} of {1} destinations', '{0}', '{1}'),
    selectedOne: t('1 selected'),
    selected: t('{0} selected', '{0}'),
    clear: t('Clear Selection'),
    actions: { test: t('Test…'), policies: t('Policies…'), export: t('Export…'), delete: t('Delete…') },
    unprovenOne: t('not proved for 1 day'),
    unproven: t('not proved for {0} days', '{0}'),
    noMatch: t('No destination matches the filter.'),
    clearFilter: t('Clear Filter'),
    noDestination: t('The accounts have no webhook destinations.'),
    noAccount: t('There is no Cloudflare account yet.'),
    addAccount: t('Add Account…'),
  };
}
