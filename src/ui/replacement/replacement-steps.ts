import * as vscode from 'vscode';
import type { PanelStep } from '../../core/panel-protocol.ts';
import type { ReplaceState } from '../../core/replacement/replace-destination.ts';

/** How far a replacement has got, step by step. `running`: what is not done yet is being done, else it is next. */
export function describeReplaceSteps(state: ReplaceState, running = false): readonly PanelStep[] {
  const { newId, policies, phase } = state;
  const deleted = phase === 'done';
  const steps: readonly (readonly [string, boolean])[] = [
    [vscode.l10n.t('Create the new destination “{0}”', state.name), newId !== undefined],
    ...(policies
      ? policies.map(
          ({ name, moved }) => [vscode.l10n.t('Move the policy “{0}” to the new destination', name), moved] as const,
        )
      : [[vscode.l10n.t('Move the policies to the new destination'), deleted] as const]),
    [vscode.l10n.t('Delete the old destination'), deleted],
  ];
  const current = steps.findIndex(([, done]) => !done);
  return steps.map(([text, done], index) => {
    const step = done ? 'done' : index === current ? 'current' : 'open';
    return { text, state: step, stateText: describeStepState(step, running) };
  });
}

function describeStepState(state: PanelStep['state'], running: boolean): string {
  return {
    done: vscode.l10n.t('Done'),
    current: running ? vscode.l10n.t('In progress') : vscode.l10n.t('Next'),
    open: vscode.l10n.t('Pending'),
  }[state];
}
