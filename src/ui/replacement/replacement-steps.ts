import * as vscode from 'vscode';
import type { PanelStep } from '../../core/panel-protocol.ts';
import type { Replacement } from '../../core/replacement/state.ts';

/** The steps of a replacement for the panel. `running`: the current step is in progress; otherwise it is the next one. */
export function describeReplaceSteps(state: Replacement, running = false): readonly PanelStep[] {
  const { newId, stage } = state;
  const policies = state.policies.filter(({ mark }) => mark !== 'detached');
  const isDeleted = stage === 'finishing';
  const steps: readonly (readonly [string, boolean])[] = [
    [vscode.l10n.t('Create the new destination “{0}”', state.name), newId !== undefined],
    ...(policies.length > 0
      ? policies.map(({ name, moved }) => [vscode.l10n.t('Move the policy “{0}”', name), moved] as const)
      : [[vscode.l10n.t('Move the policies'), stage === 'deleting' || isDeleted] as const]),
    [vscode.l10n.t('Delete the old destination'), isDeleted],
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
