import * as vscode from 'vscode';
import { ApiError, type ApiErrorKind, isNotFound } from '../../core/api/api-error.ts';
import { guessType, typeNamed } from '../../core/model/destination-types/index.ts';
import { type Destination, type Draft, hostOf } from '../../core/model/destination.ts';
import type { PanelButton, PanelNotice, PanelTexts } from '../../core/panel-protocol.ts';
import type { DraftProblem } from '../../core/model/draft-check.ts';
import type { Difference, Plan } from '../../core/model/plan.ts';
import type { Look } from '../../core/replacement/controller.ts';
import type { RunEnd } from '../../core/replacement/run.ts';
import type { Step } from '../../core/replacement/state.ts';
import { explainRefusedTest } from '../../core/api/refused-test.ts';
import type { UpdateOutcome } from '../../core/destinations/update-destination.ts';
import { describeConsequences, describeEnd, describeLook, labelOf, type Moving } from '../replacement/messages.ts';
import { describeDraftProblem } from '../text/draft.ts';
import { describeProblem, describeRemedy } from '../text/error.ts';
import { describeTime, list } from '../text/format.ts';
import { describeFailure as describeSentence } from '../text/operation-failure.ts';
import type { TestEnd } from '../testing/services.ts';
import { describeRefusedTest } from '../text/refused-test.ts';
import { describeDifference, describeUncheckedName, unconfirmedIn } from '../text/update.ts';
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
    timeline: vscode.l10n.t('Timeline'),
    timelineHint: vscode.l10n.t('Between two refreshes, only the last delivery and the last failure are seen.'),
    numbers: vscode.l10n.t('Day by day'),
    day: vscode.l10n.t('Day'),
    seen: vscode.l10n.t('Seen'),
    alerts: vscode.l10n.t('Alerts sent'),
  };
}

export const button = {
  replace: (): PanelButton => ({ action: 'replace', label: vscode.l10n.t('Replace…') }),
  confirm: (): PanelButton => ({ action: 'confirm', label: vscode.l10n.t('Replace') }),
  cancel: (): PanelButton => ({ action: 'cancel', label: vscode.l10n.t('Cancel') }),
  updateInPlace: (): PanelButton => ({ action: 'updateInPlace', label: vscode.l10n.t('Update in Place') }),
  revert: (): PanelButton => ({ action: 'revert', label: vscode.l10n.t('Undo') }),
  stop: (): PanelButton => ({ action: 'cancel', label: vscode.l10n.t('Stop') }),
  step: (step: Step): PanelButton => ({ action: step, label: labelOf(step) }),
  dismiss: (): PanelButton => ({ action: 'dismiss', label: vscode.l10n.t('Dismiss') }),
  load: (): PanelButton => ({ action: 'load', label: vscode.l10n.t('Use Cloudflare’s Version') }),
  keep: (): PanelButton => ({ action: 'keep', label: vscode.l10n.t('Keep Mine') }),
  test: (): PanelButton => ({ action: 'test', label: vscode.l10n.t('Test…') }),
  testFromHere: (): PanelButton => ({ action: 'testFromHere', label: vscode.l10n.t('Test from This Machine') }),
  explain: (): PanelButton => ({ action: 'explain', label: vscode.l10n.t('Explain Delivery') }),
  replaceToken: (): PanelButton => ({ action: 'replaceToken', label: describeRemedy('replaceToken') }),
  testTyped: (): PanelButton => ({ action: 'testTyped', label: vscode.l10n.t('Test from This Machine') }),
  saveAgain: (): PanelButton => ({ action: 'save', label: vscode.l10n.t('Try Again') }),
  policies: (): PanelButton => ({ action: 'policies', label: vscode.l10n.t('Policies…') }),
  refresh: (): PanelButton => ({ action: 'refresh', label: vscode.l10n.t('Refresh') }),
  editAsJson: (): PanelButton => ({ action: 'editAsJson', label: vscode.l10n.t('Edit as JSON') }),
  delete: (): PanelButton => ({ action: 'delete', label: vscode.l10n.t('Delete…') }),
};

function listDifferences(differences: readonly Difference[]): string {
  return list(differences.map(describeDifference));
}

/** The banner of a failing destination. Cloudflare reports only the last failure and the last success. */
export function describeFailing({ lastFailure, lastSuccess }: Destination): PanelNotice {
  return {
    tone: 'error',
    lines: [
      vscode.l10n.t('This destination is failing. The last delivery failed on {0}.', describeTime(lastFailure)),
      lastSuccess
        ? vscode.l10n.t('The last success was on {0}, so the failures began after that.', describeTime(lastSuccess))
        : vscode.l10n.t('No delivery has succeeded since it was created.'),
    ],
    buttons: [button.testFromHere(), button.explain()],
  };
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
        listDifferences(differences),
      );
    case 'replace':
      return vscode.l10n.t('This URL has a different type, so saving creates a replacement.');
    default:
      return kind satisfies never;
  }
}

/** Describes the result of an update. Offers a replacement for ignored or unverifiable changes. */
export function describeOutcome(outcome: UpdateOutcome, canRevert: boolean): PanelNotice {
  const { applied, ignored, unverifiable, destination } = outcome;
  const unconfirmed = unconfirmedIn(outcome);
  const lines = [
    ...(applied.length > 0
      ? [
          applied.length === 1 && applied[0] === 'name'
            ? vscode.l10n.t('Renamed to “{0}”.', destination.name)
            : vscode.l10n.t('Saved the new {0}.', listDifferences(applied)),
        ]
      : []),
    ...(ignored.length > 0
      ? [
          vscode.l10n.t(
            'Cloudflare did not change the {0}. “Replace…” creates a new destination with your values and moves the policies to it.',
            listDifferences(ignored),
          ),
        ]
      : []),
    ...(unverifiable.includes('name') ? [describeUncheckedName(destination.name)] : []),
    ...(unconfirmed.length > 0
      ? [
          vscode.l10n.t(
            'Cloudflare does not confirm {0} changes. “Replace…” creates a new destination that uses the new {0}.',
            listDifferences(unconfirmed),
          ),
        ]
      : []),
  ];
  const doubt = ignored.length + unconfirmed.length > 0;
  return {
    tone: ignored.length > 0 ? 'warning' : unverifiable.length > 0 ? 'info' : 'success',
    lines,
    buttons: [...(doubt ? [button.replace()] : []), ...(canRevert ? [button.revert()] : []), button.dismiss()],
  };
}

export function describeCreated(destination: Destination): PanelNotice {
  return {
    tone: 'success',
    lines: [describeCreation(destination), vscode.l10n.t('It receives no alerts until a notification policy uses it.')],
    buttons: [button.policies(), button.dismiss()],
  };
}

function describeCreation({ name, type }: Destination): string {
  const known = typeNamed(type);
  // The label of an endpoint that users run themselves would be "Webhook webhook".
  const word = known?.receiverName === 'label' ? known.label : type;
  return vscode.l10n.t('Created “{0}” ({1} webhook).', name, word);
}

/**
 * The confirmation before a replacement. `missing`: why the draft cannot replace the destination, for example because
 * the secret part of its URL is not known.
 */
export function describeReplace(
  destination: Destination,
  { url, secret }: Draft,
  policies: Moving | undefined,
  missing?: DraftProblem,
): PanelNotice {
  if (missing) {
    return {
      tone: 'error',
      lines: [describeDraftProblem(missing), vscode.l10n.t('Nothing was replaced.')],
      buttons: [button.dismiss()],
    };
  }
  return {
    tone: 'warning',
    lines: [
      vscode.l10n.t('Replace “{0}” with a new destination for {1}?', destination.name, hostOf(url)),
      describeConsequences(hostOf(url), policies),
      ...(secret === undefined && guessType(url)?.secret !== 'url'
        ? [vscode.l10n.t('The new destination will have no secret. To keep the secret, enter it.')]
        : []),
    ],
    buttons: [button.confirm(), button.cancel()],
  };
}

/** Asked where URL or secret change: Cloudflare documents only a new name as an edit. */
export function describeAlternatives(
  destination: Destination,
  draft: Draft,
  policies: Moving | undefined,
  missing?: DraftProblem,
): PanelNotice {
  const replace = describeReplace(destination, draft, policies);
  return {
    ...replace,
    lines: [
      ...(missing
        ? [
            vscode.l10n.t('Change the URL or secret of “{0}”?', destination.name),
            vscode.l10n.t('“Replace…” is not possible. {0}', describeDraftProblem(missing)),
          ]
        : replace.lines),
      vscode.l10n.t('“Update in Place” keeps the ID. Cloudflare may ignore the change, so the result is checked.'),
    ],
    buttons: [...(missing ? [] : [button.confirm()]), button.updateInPlace(), button.cancel()],
  };
}

/** The result of a replacement. */
export function describeReplaced(end: RunEnd, accountName: string): PanelNotice {
  return {
    tone: end.ending === 'done' || end.ending === 'undone' ? 'success' : 'info',
    lines: [describeEnd(end, accountName)],
    ...(end.ending === 'done' ? { steps: [...describeReplaceSteps(end.state)] } : {}),
    buttons: [button.dismiss()],
  };
}

/** A replacement that stopped: why, what exists, and what can be done. Without a look, nothing was created. */
export function describeStopped(why: readonly string[], look: Look | undefined, isError = true): PanelNotice {
  if (!look) {
    return {
      tone: isError ? 'error' : 'info',
      lines: [...why, vscode.l10n.t('Nothing was changed.')],
      buttons: [button.dismiss()],
    };
  }
  return {
    tone: isError ? 'error' : 'warning',
    lines: [...why, ...describeLook(look)],
    steps: [...describeReplaceSteps(look.state)],
    buttons: look.steps.map(button.step),
  };
}

/** What Cloudflare refuses for one destination. Any other kind of error concerns the account or its token. */
const ABOUT_DESTINATION: ReadonlySet<ApiErrorKind> = new Set(['rejected', 'forbidden']);

/**
 * Describes a failure, with Cloudflare's own message. `name`, `url`: what was typed. Where Cloudflare tested the URL and
 * rejected it, explains why and offers a test from this machine, which shows the answer of the receiver.
 */
export function describeFailure(error: unknown, { name, url }: Draft, accountName: string): PanelNotice {
  const isAboutDestination = isNotFound(error) || (error instanceof ApiError && ABOUT_DESTINATION.has(error.kind));
  const subject = isAboutDestination ? name : accountName;
  const sentence = describeSentence(error, subject);
  if (!(error instanceof ApiError) || error.kind !== 'rejected' || error.details.status !== 422) {
    const needsToken = error instanceof ApiError && describeProblem(error, subject).remedies.includes('replaceToken');
    return {
      tone: 'error',
      lines: [sentence, ...(needsToken ? [vscode.l10n.t('Nothing was saved. Your input is unchanged.')] : [])],
      buttons: [...(needsToken ? [button.replaceToken()] : []), button.dismiss()],
    };
  }
  return {
    tone: 'error',
    lines: [
      sentence,
      describeRefusedTest(error, url) ??
        vscode.l10n.t(
          'Cloudflare tests the URL before accepting it. Check that the receiver is running and that the URL and the secret are correct.',
        ),
      vscode.l10n.t('Your input is unchanged.'),
    ],
    buttons: [
      ...(explainRefusedTest(error.details.reason)?.mayPass ? [button.saveAgain()] : []),
      button.testTyped(),
      button.dismiss(),
    ],
  };
}

/** The result of a test of the values in the form. */
export function describeTypedTest(
  { result, sentence }: Pick<TestEnd, 'result' | 'sentence'>,
  saveLabel: string | undefined,
): PanelNotice {
  return {
    tone: ({ worked: 'success', failed: 'error', undecided: 'warning' } as const)[result],
    lines: [sentence, vscode.l10n.t('Nothing was saved.')],
    buttons: [
      ...(result === 'failed' || saveLabel === undefined ? [] : [{ action: 'save', label: saveLabel } as const]),
      button.testTyped(),
      button.dismiss(),
    ],
  };
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
      vscode.l10n.t('The destination changed at Cloudflare: {0}.', list(changes)),
      vscode.l10n.t('Your input is unchanged. “Use Cloudflare’s Version” replaces it. “Keep Mine” keeps it.'),
    ],
    buttons: [button.load(), button.keep()],
  };
}
