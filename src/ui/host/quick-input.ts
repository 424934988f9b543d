import * as vscode from 'vscode';
import { plain } from '../../core/model/plain-text.ts';
import { withoutLinks } from './notice.ts';
import { toPlainItem } from './pick.ts';

export type Answer<T> = { readonly kind: 'value'; readonly value: T } | { readonly kind: 'back' | 'cancel' };

/** The result of checking an input: its value, or a sentence that describes the problem. */
export type Check<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** Where a question is in a flow of several questions. */
export type Step = { readonly at: number; readonly of: number };

export type TextQuestion<T> = {
  readonly title: string;
  readonly step?: Step;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly password?: boolean;
  readonly back?: boolean;
  /** Receives the text as it is when the user goes back. */
  readonly onBack?: (text: string) => void;
  /** A button that answers without a text. */
  readonly skip?: { readonly tooltip: string; readonly answer: T };
  readonly buttons?: readonly (vscode.QuickInputButton & { readonly run: () => void })[];
  /**
   * Runs on Enter while the input is busy. A problem is shown in the input, which keeps its text. The signal aborts if
   * the user cancels.
   */
  readonly check: (text: string, signal: AbortSignal) => Promise<Check<T>> | Check<T>;
};

/** Asks for a text until it passes its check or the user cancels. */
export async function askText<T>(question: TextQuestion<T>): Promise<Answer<T>> {
  const input = vscode.window.createInputBox();
  input.title = plain(question.title);
  input.step = question.step?.at;
  input.totalSteps = question.step?.of;
  input.prompt = withoutLinks(question.prompt);
  input.placeholder = plain(question.placeholder ?? '');
  input.value = question.value ?? '';
  input.password = question.password ?? false;
  input.ignoreFocusOut = true;
  const skip = question.skip && makeSkipButton(question.skip.tooltip);
  input.buttons = [
    ...(question.back ? [vscode.QuickInputButtons.Back] : []),
    ...(question.buttons ?? []),
    ...(skip ? [skip] : []),
  ];
  const left = new AbortController();
  try {
    return await new Promise<Answer<T>>((resolve, reject) => {
      input.onDidHide(() => resolve({ kind: 'cancel' }));
      input.onDidChangeValue(() => {
        input.validationMessage = undefined;
      });
      input.onDidTriggerButton((button) => {
        if (button === vscode.QuickInputButtons.Back) {
          question.onBack?.(input.value);
          resolve({ kind: 'back' });
        }
        if (question.skip && button === skip) {
          resolve({ kind: 'value', value: question.skip.answer });
        }
        question.buttons?.find((each) => each === button)?.run();
      });
      input.onDidAccept(async () => {
        if (input.busy) {
          return;
        }
        input.busy = true;
        input.enabled = false;
        try {
          const check = await question.check(input.value, left.signal);
          if (check.ok) {
            resolve({ kind: 'value', value: check.value });
          } else {
            input.validationMessage = withoutLinks(check.problem);
          }
        } catch (error) {
          reject(error);
        } finally {
          input.enabled = true;
          input.busy = false;
        }
      });
      input.show();
    });
  } finally {
    left.abort();
    input.dispose();
  }
}

function makeSkipButton(tooltip: string): vscode.QuickInputButton {
  return { iconPath: new vscode.ThemeIcon('debug-step-over'), tooltip };
}

export type PickQuestion<Item extends vscode.QuickPickItem> = {
  readonly title: string;
  readonly step?: Step;
  readonly placeholder: string;
  readonly items: readonly Item[];
  readonly back?: boolean;
  /** With `many`: receives the selected items when the user goes back or presses the button. */
  readonly onBack?: (items: readonly Item[]) => void;
  /** Without `many`: whether an item has the focus initially. */
  readonly isActive?: (item: Item) => boolean;
  /** Whether several items can be selected. Items with `picked` are selected initially. */
  readonly many?: boolean;
  /** With `many`: whether selecting nothing is an answer. */
  readonly none?: boolean;
  /** A button in the title that ends the question. */
  readonly button?: vscode.QuickInputButton;
};

type PickAnswer<Item> = Answer<readonly Item[]> | { readonly kind: 'button' };

/** Asks to choose one or several items. */
export async function askPick<Item extends vscode.QuickPickItem>(
  question: PickQuestion<Item>,
): Promise<PickAnswer<Item>> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = plain(question.title);
  pick.step = question.step?.at;
  pick.totalSteps = question.step?.of;
  pick.placeholder = plain(question.placeholder);
  const items = question.items.map(toPlainItem);
  pick.items = items;
  pick.canSelectMany = question.many ?? false;
  pick.selectedItems = question.many ? items.filter(({ picked }) => picked) : [];
  const active = items.filter((item) => question.isActive?.(item) ?? false);
  // An empty list would take the focus from the first item.
  if (active.length > 0) {
    pick.activeItems = active;
  }
  pick.ignoreFocusOut = true;
  pick.matchOnDescription = true;
  pick.buttons = [
    ...(question.back ? [vscode.QuickInputButtons.Back] : []),
    ...(question.button ? [question.button] : []),
  ];
  try {
    return await new Promise((resolve) => {
      pick.onDidHide(() => resolve({ kind: 'cancel' }));
      pick.onDidTriggerButton((button) => {
        question.onBack?.(pick.selectedItems);
        resolve({ kind: button === question.button ? 'button' : 'back' });
      });
      pick.onDidAccept(() => {
        if (pick.selectedItems.length > 0 || question.none) {
          resolve({ kind: 'value', value: [...pick.selectedItems] });
        } else if (question.many) {
          pick.placeholder = vscode.l10n.t('Select at least one, then press Enter');
        }
      });
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}
