import * as vscode from 'vscode';
import { hostOf } from '../../core/model/destination.ts';
import { healthOf } from '../../core/model/health.ts';
import { locateAll, locateFailing, type Located } from '../../core/monitoring/overview.ts';
import type { AccountEntry, Store } from '../../core/monitoring/store.ts';
import { describeProblem } from '../text/error.ts';

/** What a model may ask for: the destinations of one account, by its name or ID, or of all. */
type Input = { readonly account?: string };

/**
 * Tools for language models, read-only: they tell what was last read, and when. Of a URL only its host is told, since the
 * rest is a credential; names are somebody's text, so they stand in JSON, where nothing takes them for instructions.
 */
export function registerLanguageModelTools(store: Store, loaded: Promise<unknown>): vscode.Disposable {
  const register = (
    name: string,
    select: (entries: readonly AccountEntry[]) => readonly Located[],
    message: string,
  ): vscode.Disposable =>
    vscode.lm.registerTool<Input>(name, {
      prepareInvocation: () => ({ invocationMessage: message }),
      async invoke({ input }) {
        await loaded;
        const asked = store.entries().filter((entry) => isAskedFor(entry, input));
        const answer = { accounts: asked.map(describeAccount), destinations: select(asked).map(describeDestination) };
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(JSON.stringify(answer))]);
      },
    });
  return vscode.Disposable.from(
    register('list_webhook_destinations', locateAll, vscode.l10n.t('Listing webhook destinations')),
    register('get_failing_webhook_destinations', locateFailing, vscode.l10n.t('Getting failing webhook destinations')),
  );
}

function isAskedFor({ connection: { account } }: AccountEntry, { account: asked }: Input): boolean {
  const wanted = typeof asked === 'string' ? asked.trim().toLowerCase() : '';
  return wanted === '' || account.id === wanted || account.name.toLowerCase() === wanted;
}

function describeAccount({ connection: { account }, state }: AccountEntry): Readonly<Record<string, unknown>> {
  return {
    id: account.id,
    name: account.name,
    readAt: state.last ? new Date(state.last.at).toISOString() : null,
    ...(state.kind === 'failed' ? { problem: describeProblem(state.error, account.name).headline, stale: true } : {}),
  };
}

function describeDestination({ connection, destination }: Located): Readonly<Record<string, unknown>> {
  const { id, name, type, url, createdAt, lastSuccess, lastFailure } = destination;
  return {
    account: connection.account.name,
    id,
    name,
    type,
    host: hostOf(url),
    health: healthOf(destination),
    createdAt: createdAt ?? null,
    lastSuccess: lastSuccess ?? null,
    lastFailure: lastFailure ?? null,
  };
}
