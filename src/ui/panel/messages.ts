import * as vscode from 'vscode';
import { ApiError } from '../../core/api/api-error.ts';
import { guessType } from '../../core/model/destination-types/index.ts';
import { type Destination, type Draft, hostOf } from '../../core/model/destination.ts';
import type { PanelButton, PanelNotice, PanelTexts } from '../../core/panel-protocol.ts';
import type { Difference, Plan } from '../../core/model/plan.ts';
import type { ReplaceState } from '../../core/replacement/replace-destination.ts';
import type { UpdateOutcome } from '../../core/destinations/update-destination.ts';
import { describeType } from '../text/draft.ts';
import { describeBoth } from '../replacement/replacing.ts';
import { describeFailure as describeSentence } from '../text/operation-failure.ts';
import { describeRefusedTest } from '../text/refused-test.ts';
import { describeReplaceSteps } from '../replacement/replacement-steps.ts';

/** What never changes on the page. */
export function panelTexts(): PanelTexts {
  return {
    name: vscode.l10n.t('Name'),
    nameHint: vscode.l10n.t('How it is called in notification policies.'),
    url: vscode.l10n.t('URL'),
    urlHint: vscode.l10n.t('Where Cloudflare sends the alerts. Cloudflare sends a test there before it takes it.'),
    secret: vscode.l10n.t('Secret'),
    show: vscode.l10n.t('Show Secret'),
    hide: vscode.l10n.t('Hide Secret'),
    generate: vscode.l10n.t('Generate Secret'),
    generated: vscode.l10n.t('A strong secret was generated and is shown: give it to the receiver too.'),
    remember: vscode.l10n.t('Remember on this machine'),
    tools: vscode.l10n.t('Actions'),
    about: vscode.l10n.t('About this destination'),
    policies: vscode.l10n.t('Used by'),
    alerts: vscode.l10n.t('Alerts sent'),
    numbers: vscode.l10n.t('Numbers per day'),
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
  leave: (): PanelButton => ({ action: 'dismiss', label: vscode.l10n.t('Leave It') }),
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

/** What saving comes to, said before it is done. */
export function describePlan({ kind, differences }: Plan): string {
  switch (kind) {
    case 'nothing':
      return vscode.l10n.t('Nothing to save: this is what Cloudflare has.');
    case 'rename':
      return vscode.l10n.t('Saving renames it. URL and secret stay as they are.');
    case 'update':
      return vscode.l10n.t(
        'Saving sends the new {0}, then reads back what took: Cloudflare may ignore a new URL.',
        list(differences),
      );
    case 'replace':
      return vscode.l10n.t(
        'The new URL stands for another type, which a destination cannot change: saving replaces it by a new one, after asking.',
      );
    default:
      return kind satisfies never;
  }
}

/** What became of an update; offers to replace what did not take or cannot be known. */
export function describeOutcome({ took, ignored, unknown, destination }: UpdateOutcome): PanelNotice {
  const lines = [
    ...(took.length > 0
      ? [
          took.length === 1 && took[0] === 'name'
            ? vscode.l10n.t('Renamed to “{0}”.', destination.name)
            : vscode.l10n.t('Saved: {0}.', list(took)),
        ]
      : []),
    ...(ignored.length > 0
      ? [
          vscode.l10n.t(
            'Cloudflare accepted the change but ignored the new {0}: read back, it is as it was. Replace makes a new destination with what you typed and moves the policies to it.',
            list(ignored),
          ),
        ]
      : []),
    ...(unknown.length > 0
      ? [
          vscode.l10n.t(
            'Whether the new {0} was taken cannot be known: Cloudflare never shows it. If it must be certain, Replace makes a new destination with it.',
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
    lines: [
      vscode.l10n.t('Created “{0}”, which Cloudflare calls {1}.', destination.name, describeType(destination.type)),
      vscode.l10n.t('No alert goes to it until a notification policy uses it.'),
    ],
    buttons: [button.dismiss()],
  };
}

/** Asked before replacing. */
export function describeReplace(
  destination: Destination,
  { url, secret }: Draft,
  policies: readonly string[],
): PanelNotice {
  return {
    tone: 'warning',
    lines: [
      vscode.l10n.t('Replace “{0}” by a new destination for {1}?', destination.name, hostOf(url)),
      vscode.l10n.t('Cloudflare tests the new one and creates it, with a new id.'),
      ...(secret === undefined && guessType(url)?.secret !== 'url'
        ? [vscode.l10n.t('The new one gets no secret: none is typed, and Cloudflare does not give the old one back.')]
        : []),
      policies.length > 0
        ? vscode.l10n.t('Each policy that uses the old one is moved to it: {0}.', policies.join(', '))
        : vscode.l10n.t('Each policy that uses the old one is moved to it.'),
      vscode.l10n.t(
        'Only then is the old one deleted. It can be stopped, resumed and undone at every step before that.',
      ),
    ],
    buttons: [button.confirm(), button.cancel()],
  };
}

/** How a replacement ended. */
export function describeReplaced(state: ReplaceState): PanelNotice {
  return {
    tone: 'success',
    lines: [
      state.phase === 'undone'
        ? vscode.l10n.t('Undone: the old destination is used as before.')
        : vscode.l10n.t('Replaced. The new id is {0}.', state.newId ?? ''),
    ],
    ...(state.phase === 'done' ? { steps: [...describeReplaceSteps(state)] } : {}),
    buttons: [button.dismiss()],
  };
}

/** A replacement that stopped on the way: why, and how far it has got; without a state, nothing was done. */
export function describeStopped(why: readonly string[], state: ReplaceState | undefined): PanelNotice {
  if (!state) {
    return {
      tone: 'error',
      lines: [...why, vscode.l10n.t('Nothing was changed: the old destination is as it was.')],
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

/** Explains a failure in the words of Cloudflare. Where Cloudflare tested `url` and rejected it, explains that too. */
export function describeFailure(error: unknown, name: string, url: string): string[] {
  const sentence = describeSentence(error, name);
  if (!(error instanceof ApiError && error.kind === 'rejected' && error.details.status === 422)) {
    return [sentence];
  }
  return [
    sentence,
    describeRefusedTest(error, url) ??
      vscode.l10n.t('Cloudflare tests a URL before it saves it. Check that the receiver runs, and the URL and secret.'),
    vscode.l10n.t('Your input is unchanged.'),
  ];
}

/** Told where an edit is in progress and the destination changes at Cloudflare. */
export function describeConflict(current: Destination, name: string, url: string): PanelNotice {
  const changes = [
    ...(current.name === name ? [] : [vscode.l10n.t('the name is now “{0}”', current.name)]),
    ...(current.url === url ? [] : [vscode.l10n.t('the URL is now another, at {0}', hostOf(current.url))]),
  ];
  return {
    tone: 'warning',
    lines: [
      vscode.l10n.t('Changed at Cloudflare meanwhile: {0}.', new Intl.ListFormat(vscode.env.language).format(changes)),
      vscode.l10n.t('What you typed is untouched. Load takes over what Cloudflare has; Keep Mine stays with yours.'),
    ],
    buttons: [button.load(), button.keep()],
  };
}
