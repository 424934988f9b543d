import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { guessType, typeNamed } from '../../core/model/destination-types/index.ts';
import { type Destination, type Draft, hostOf } from '../../core/model/destination.ts';
import type { PanelButton, PanelNotice, PanelTexts } from '../../core/panel-protocol.ts';
import type { Difference, Plan } from '../../core/model/plan.ts';
import type { ReplaceState } from '../../core/replacement/replace-destination.ts';
import type { UpdateOutcome } from '../../core/destinations/update-destination.ts';
import { describeBoth } from '../replacement/replacing.ts';
import { describeFailure as describeSentence } from '../text/operation-failure.ts';
import { describeReplaceSteps } from '../replacement/replacement-steps.ts';

/** The static texts of the page. */
export function panelTexts(): PanelTexts {
  return {
    name: vscode.l10n.t('Name'),
    nameHint: vscode.l10n.t('The name shown in notification policies.'),
    url: vscode.l10n.t('URL'),
    urlHint: vscode.l10n.t('The URL that receives alerts. Cloudflare tests the URL before accepting it.'),
    secret: vscode.l10n.t('Secret'),
    show: vscode.l10n.t('Show Secret'),
    hide: vscode.l10n.t('Hide Secret'),
    generate: vscode.l10n.t('Generate Secret'),
    generated: vscode.l10n.t('A strong secret was generated and is shown. Enter it at the receiver too.'),
    remember: vscode.l10n.t('Remember on this machine'),
    tools: vscode.l10n.t('Actions'),
    about: vscode.l10n.t('About this destination'),
    policies: vscode.l10n.t('Used by'),
    alerts: vscode.l10n.t('Alerts sent'),
    numbers: vscode.l10n.t('Alerts per day'),
    day: vscode.l10n.t('Day'),
    count: vscode.l10n.t('Alerts sent'),
  };
}

export const button = {
  replace: (): PanelButton => ({ action: 'replace', label: vscode.l10n.t('Replace…') }),
  confirm: (): PanelButton => ({ action: 'confirm', label: vscode.l10n.t('Replace') }),
  cancel: (): PanelButton => ({ action: 'cancel', label: vscode.l10n.t('Cancel') }),
  resume: (): PanelButton => ({ action: 'resume', label: vscode.l10n.t('Resume') }),
  undo: (): PanelButton => ({ action: 'undo', label: vscode.l10n.t('Undo') }),
  leave: (): PanelButton => ({ action: 'dismiss', label: vscode.l10n.t('Keep Both') }),
  dismiss: (): PanelButton => ({ action: 'dismiss', label: vscode.l10n.t('Dismiss') }),
  load: (): PanelButton => ({ action: 'load', label: vscode.l10n.t('Load') }),
  keep: (): PanelButton => ({ action: 'keep', label: vscode.l10n.t('Keep Mine') }),
  test: (): PanelButton => ({ action: 'test', label: vscode.l10n.t('Test…') }),
  refresh: (): PanelButton => ({ action: 'refresh', label: vscode.l10n.t('Refresh') }),
  editAsJson: (): PanelButton => ({ action: 'editAsJson', label: vscode.l10n.t('Edit as JSON') }),
  delete: (): PanelButton => ({ action: 'delete', label: vscode.l10n.t('Delete…') }),
};

function nameDifference(difference: Difference): string {
  return {
    name: vscode.l10n.t('name'),
    url: vscode.l10n.t('URL'),
    secret: vscode.l10n.t('secret'),
    type: vscode.l10n.t('type'),
  }[difference];
}

function list(differences: readonly Difference[]): string {
  return new Intl.ListFormat(vscode.env.language).format(differences.map(nameDifference));
}

/** Describes what saving will do. */
export function describePlan({ kind, differences }: Plan): string {
  switch (kind) {
    case 'nothing':
      return vscode.l10n.t('No changes to save.');
    case 'rename':
      return vscode.l10n.t('Saving changes only the name.');
    case 'update':
      return vscode.l10n.t(
        'Saving sends the new {0}, then checks what changed. Cloudflare may ignore a new URL.',
        list(differences),
      );
    case 'replace':
      return vscode.l10n.t('This URL has a different type, so saving creates a replacement.');
    default:
      return kind satisfies never;
  }
}

/** Describes the result of an update. Offers a replacement for ignored or unverifiable changes. */
export function describeOutcome({ took, ignored, unknown, destination }: UpdateOutcome): PanelNotice {
  const lines = [
    ...(took.length > 0
      ? [
          took.length === 1 && took[0] === 'name'
            ? vscode.l10n.t('Renamed to “{0}”.', destination.name)
            : vscode.l10n.t('Saved the new {0}.', list(took)),
        ]
      : []),
    ...(ignored.length > 0
      ? [
          vscode.l10n.t(
            'Cloudflare did not change the {0}. “Replace…” creates a new destination with your values and moves the policies to it.',
            list(ignored),
          ),
        ]
      : []),
    ...(unknown.length > 0
      ? [
          vscode.l10n.t(
            'Cloudflare does not confirm {0} changes. “Replace…” creates a new destination that uses the new {0}.',
            list(unknown),
          ),
        ]
      : []),
  ];
  const doubt = ignored.length + unknown.length > 0;
  return {
    tone: ignored.length > 0 ? 'warning' : unknown.length > 0 ? 'info' : 'success',
    lines,
    buttons: doubt ? [button.replace(), button.dismiss()] : [button.dismiss()],
  };
}

export function describeCreated(destination: Destination): PanelNotice {
  return {
    tone: 'success',
    lines: [describeCreation(destination), vscode.l10n.t('It receives no alerts until a notification policy uses it.')],
    buttons: [button.dismiss()],
  };
}

function describeCreation({ name, type }: Destination): string {
  const label = typeNamed(type)?.label ?? type;
  return type === 'generic'
    ? vscode.l10n.t('Created “{0}” (generic webhook).', name)
    : vscode.l10n.t('Created “{0}” ({1} webhook).', name, label);
}

/** The confirmation before a replacement. */
export function describeReplace(
  destination: Destination,
  { url, secret }: Draft,
  policies: readonly string[],
): PanelNotice {
  return {
    tone: 'warning',
    lines: [
      vscode.l10n.t('Replace “{0}” with a new destination for {1}?', destination.name, hostOf(url)),
      vscode.l10n.t('Cloudflare tests the new destination and creates it with a new ID.'),
      ...(secret === undefined && guessType(url)?.secret !== 'url'
        ? [vscode.l10n.t('The replacement will not have a secret. Enter it to keep one.')]
        : []),
      policies.length > 0
        ? vscode.l10n.t('These policies are moved to the new destination: {0}.', policies.join(', '))
        : vscode.l10n.t('Each policy is moved to the new destination.'),
      vscode.l10n.t('Then the old destination is deleted. Until then, you can stop, resume or undo.'),
    ],
    buttons: [button.confirm(), button.cancel()],
  };
}

/** The result of a replacement. */
export function describeReplaced(state: ReplaceState): PanelNotice {
  return {
    tone: 'success',
    lines: [
      state.phase === 'undone'
        ? vscode.l10n.t('The replacement was undone. The policies use the old destination again.')
        : vscode.l10n.t('Replaced. The new ID is {0}.', state.newId ?? ''),
    ],
    ...(state.phase === 'done' ? { steps: [...describeReplaceSteps(state)] } : {}),
    buttons: [button.dismiss()],
  };
}

/** A stopped replacement: the reason and the completed steps. Without a state, nothing was done. */
export function describeStopped(why: readonly string[], state: ReplaceState | undefined): PanelNotice {
  if (!state) {
    return {
      tone: 'error',
      lines: [...why, vscode.l10n.t('Nothing was changed.')],
      buttons: [button.dismiss()],
    };
  }
  return {
    tone: 'error',
    lines: [...why, describeBoth(state)],
    steps: [...describeReplaceSteps(state)],
    buttons: [button.resume(), button.undo(), button.leave()],
  };
}

/** Describes a failure, with Cloudflare's own message. */
export function describeFailure(error: unknown, name: string): string[] {
  const sentence = describeSentence(error, name);
  return error instanceof ApiError && error.kind === 'rejected' && error.details.status === 422
    ? [
        sentence,
        vscode.l10n.t(
          'Cloudflare tests the URL before accepting it. Check that the receiver is running and that the URL and the secret are correct. Your input is unchanged.',
        ),
      ]
    : [sentence];
}

/** Shown if the destination changes at Cloudflare during an edit. */
export function describeConflict(current: Destination, name: string, url: string): PanelNotice {
  const changes = [
    ...(current.name === name ? [] : [vscode.l10n.t('the new name is “{0}”', current.name)]),
    ...(current.url === url ? [] : [vscode.l10n.t('the host of the new URL is {0}', hostOf(current.url))]),
  ];
  return {
    tone: 'warning',
    lines: [
      vscode.l10n.t(
        'The destination changed at Cloudflare: {0}.',
        new Intl.ListFormat(vscode.env.language).format(changes),
      ),
      vscode.l10n.t(
        'Your input is unchanged. “Load” replaces it with the values from Cloudflare. “Keep Mine” keeps it.',
      ),
    ],
    buttons: [button.load(), button.keep()],
  };
}
