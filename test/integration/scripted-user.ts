import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** The scripted user's answer to one question. */
export type Reaction =
  /** With `goesBack`, presses Back instead of Enter. */
  | { readonly types: string; readonly goesBack?: boolean }
  /** Selects the items whose labels contain one of these texts. With `goesBack`, presses Back instead of Enter. */
  | { readonly picks: readonly string[]; readonly goesBack?: boolean }
  /** Presses the button with this title on a message or a modal, or with this tooltip on an input, which may stay open. */
  | { readonly presses: string }
  /** Presses the item button with this tooltip on the item whose label contains this text. */
  | { readonly clicks: string; readonly on: string }
  /** Presses Enter without changing the input. */
  | 'accepts'
  /** Presses the title button of a pick. */
  | 'presses the button'
  | 'goes back'
  | 'leaves';

/** One question that the extension asked. */
export type Question = {
  readonly kind: 'input' | 'pick' | 'message';
  readonly title: string;
  /** The prompt, the items, or the detail of a modal. */
  readonly text: string;
  /** The initial value of an input, or the labels of the items of a pick that are selected or have the focus initially. */
  readonly initial: string;
  /** The prompt of an input, or the placeholder of a pick. */
  readonly prompt: string;
  /** "2/5" for the second of five questions. */
  readonly step: string;
  /** The titles of the buttons of a message. */
  readonly buttons: readonly string[];
  /** The validation message for the last answer. */
  problem: string;
};

export type ScriptedUser = vscode.Disposable & {
  /** The questions in order. An input with a validation message counts as a new question. */
  readonly questions: readonly Question[];
  /** Messages without buttons. */
  readonly messages: readonly string[];
};

/**
 * Replaces the inputs, picks and messages of `vscode.window` and answers them in order. Questions after the last
 * reaction are canceled with Escape. Disposing restores the originals.
 */
export function scriptUser(...reactions: readonly Reaction[]): ScriptedUser {
  const window = vscode.window as unknown as Record<string, unknown>;
  const names = [
    'createInputBox',
    'createQuickPick',
    'showQuickPick',
    'showInformationMessage',
    'showWarningMessage',
    'showErrorMessage',
  ] as const;
  const real = names.map((name) => [name, window[name]] as const);
  const remaining = [...reactions];
  const questions: Question[] = [];
  const messages: string[] = [];

  function ask(
    kind: Question['kind'],
    title: string,
    text: string,
    more: Partial<Question> = {},
  ): [Question, Reaction] {
    const question = { kind, title, text, initial: '', prompt: '', step: '', buttons: [], ...more, problem: '' };
    questions.push(question);
    return [question, remaining.shift() ?? 'leaves'];
  }

  function createInputBox(): unknown {
    const events = makeEvents();
    const box = {
      ...events.subscriptions,
      ...{ title: '', prompt: '', placeholder: '', value: '', password: false, enabled: true, ignoreFocusOut: false },
      ...noSteps,
      buttons: [] as readonly vscode.QuickInputButton[],
      show: () => queueMicrotask(react),
      hide: events.hide,
      dispose() {
        isEnded = true;
        events.dispose();
      },
    };
    let question: Question | undefined;
    let validationMessage: string | undefined;
    let busy = false;
    let isEnded = false;
    function react(): void {
      // The pressed button has ended the question.
      if (isEnded) {
        return;
      }
      const [asked, reaction] = ask('input', box.title, box.prompt, {
        initial: box.password ? '' : box.value,
        prompt: box.prompt,
        step: toStep(box),
      });
      question = asked;
      if (reaction === 'goes back') {
        events.button(vscode.QuickInputButtons.Back);
      } else if (reaction === 'accepts') {
        events.accept();
      } else if (typeof reaction === 'object' && 'types' in reaction) {
        box.value = reaction.types;
        events.changeValue(box.value);
        if (reaction.goesBack) {
          events.button(vscode.QuickInputButtons.Back);
        } else {
          events.accept();
        }
      } else if (typeof reaction === 'object' && 'presses' in reaction) {
        const button = box.buttons.find(({ tooltip }) => tooltip === reaction.presses);
        events.button(button ?? assert.fail(`There is no button “${reaction.presses}” on “${box.title}”`));
        queueMicrotask(react);
      } else {
        events.hide();
      }
    }
    return Object.defineProperties(box, {
      validationMessage: {
        get: () => validationMessage,
        set(value: string | undefined) {
          validationMessage = value;
          if (value && question) {
            question.problem = value;
          }
        },
      },
      busy: {
        get: () => busy,
        set(value: boolean) {
          // After a failed validation the user answers the same input again.
          if (busy && !value && validationMessage) {
            queueMicrotask(react);
          }
          busy = value;
        },
      },
    });
  }

  function createQuickPick(): unknown {
    const events = makeEvents();
    const pick = {
      ...events.subscriptions,
      ...{ title: '', placeholder: '', canSelectMany: false, ignoreFocusOut: false, matchOnDescription: false },
      ...noSteps,
      items: [] as readonly vscode.QuickPickItem[],
      activeItems: [] as readonly vscode.QuickPickItem[],
      selectedItems: [] as readonly vscode.QuickPickItem[],
      buttons: [] as readonly vscode.QuickInputButton[],
      show: () => queueMicrotask(react),
      hide: events.hide,
      dispose: events.dispose,
    };
    function react(): void {
      const chosen = pick.canSelectMany ? pick.selectedItems : pick.activeItems;
      const initial = chosen.map(({ label }) => label).join(', ');
      const [, reaction] = ask('pick', pick.title, describeItems(pick.items), {
        initial,
        prompt: pick.placeholder,
        step: toStep(pick),
      });
      if (reaction === 'goes back') {
        events.button(vscode.QuickInputButtons.Back);
      } else if (reaction === 'presses the button') {
        events.button(pick.buttons.at(-1) ?? assert.fail('The pick has no button'));
      } else if (typeof reaction === 'object' && 'picks' in reaction) {
        pick.selectedItems = choose(pick.items, reaction.picks);
        if (reaction.goesBack) {
          events.button(vscode.QuickInputButtons.Back);
        } else {
          events.accept();
        }
      } else if (reaction === 'accepts') {
        pick.selectedItems = chosen;
        events.accept();
      } else if (typeof reaction === 'object' && 'clicks' in reaction) {
        const [item] = choose(pick.items, [reaction.on]);
        const button = item?.buttons?.find(({ tooltip }) => tooltip === reaction.clicks);
        events.itemButton({ item: item ?? assert.fail(), button: button ?? assert.fail(`No ${reaction.clicks}`) });
      } else {
        events.hide();
      }
    }
    return pick;
  }

  async function showQuickPick<T extends vscode.QuickPickItem>(
    items: readonly T[],
    options: vscode.QuickPickOptions = {},
  ): Promise<T | undefined> {
    const [, reaction] = ask('pick', options.title ?? '', describeItems(items));
    return typeof reaction === 'object' && 'picks' in reaction ? choose(items, reaction.picks)[0] : undefined;
  }

  type Button = string | vscode.MessageItem;
  async function showMessage(message: string, ...rest: readonly (vscode.MessageOptions | Button)[]): Promise<unknown> {
    const options = rest.find((each): each is vscode.MessageOptions => typeof each === 'object' && !('title' in each));
    const buttons = rest.filter((each): each is Button => typeof each === 'string' || 'title' in each);
    if (buttons.length === 0) {
      messages.push(message);
      return undefined;
    }
    const titles = buttons.map((each) => (typeof each === 'string' ? each : each.title));
    const [, reaction] = ask('message', message, options?.detail ?? '', { buttons: titles });
    if (typeof reaction !== 'object' || !('presses' in reaction)) {
      return undefined;
    }
    const titled = buttons[titles.indexOf(reaction.presses)];
    return titled ?? assert.fail(`There is no button “${reaction.presses}” on “${message}”`);
  }

  Object.assign(window, {
    createInputBox,
    createQuickPick,
    showQuickPick,
    showInformationMessage: showMessage,
    showWarningMessage: showMessage,
    showErrorMessage: showMessage,
  });
  return { questions, messages, dispose: () => void Object.assign(window, Object.fromEntries(real)) };
}

type Steps = { readonly step: number | undefined; readonly totalSteps: number | undefined };
const noSteps: Steps = { step: undefined, totalSteps: undefined };

function toStep({ step, totalSteps }: Steps): string {
  return step === undefined ? '' : `${step}/${totalSteps}`;
}

function describeItems(items: readonly vscode.QuickPickItem[]): string {
  return items
    .map(({ label, description, detail }) => [label, description, detail].filter(Boolean).join(' | '))
    .join('\n');
}

function choose<T extends vscode.QuickPickItem>(items: readonly T[], labels: readonly string[]): readonly T[] {
  const chosen = items.filter(
    ({ label, kind }) => kind !== vscode.QuickPickItemKind.Separator && labels.some((each) => label.includes(each)),
  );
  assert.ok(
    chosen.length > 0 || labels.length === 0,
    `None of ${labels.join(', ')} is among:\n${describeItems(items)}`,
  );
  return chosen;
}

function makeEvents() {
  const accepted = new vscode.EventEmitter<void>();
  const hidden = new vscode.EventEmitter<void>();
  const changed = new vscode.EventEmitter<string>();
  const triggered = new vscode.EventEmitter<vscode.QuickInputButton>();
  const itemTriggered = new vscode.EventEmitter<vscode.QuickPickItemButtonEvent<vscode.QuickPickItem>>();
  return {
    subscriptions: {
      onDidAccept: accepted.event,
      onDidHide: hidden.event,
      onDidChangeValue: changed.event,
      onDidTriggerButton: triggered.event,
      onDidTriggerItemButton: itemTriggered.event,
    },
    accept: () => accepted.fire(),
    hide: () => hidden.fire(),
    changeValue: (value: string) => changed.fire(value),
    button: (button: vscode.QuickInputButton) => triggered.fire(button),
    itemButton: (event: vscode.QuickPickItemButtonEvent<vscode.QuickPickItem>) => itemTriggered.fire(event),
    dispose: () => vscode.Disposable.from(accepted, hidden, changed, triggered, itemTriggered).dispose(),
  };
}
