import {
  type FromPanel,
  type PanelAction,
  type PanelButton,
  type PanelField,
  type PanelNotice,
  type SavedPanelState,
  type PanelTexts,
  type PanelView,
  parseToPanel,
} from '../core/panel-protocol.ts';
import { createAbout } from './about.ts';
import { createFocusKeeper, createRegion, make, setAttribute } from './dom.ts';
import { createForm } from './form.ts';

declare function acquireVsCodeApi(): { postMessage(message: FromPanel): void; setState(state: SavedPanelState): void };

/** Long enough for a screen reader to announce it. */
const SPEAKING_MILLISECONDS = 2000;
/** How long to wait for the focus, which a message of its own can move to a notice. */
const FOCUS_MILLISECONDS = 100;
/** Actions that are never the main one of a notice. */
const SECONDARY: ReadonlySet<PanelAction> = new Set(['dismiss', 'cancel', 'keepBoth']);

const host = acquireVsCodeApi();
// A button of a notice is not found: another notice may have the same action for something else.
const focusAgain = createFocusKeeper(({ dataset: { action } }) =>
  action === undefined ? null : document.querySelector(`:is(header, form) [data-action="${action}"]`),
);
let page: Page | undefined;

// Renders the messages of the host. User actions go to the host, which decides what happens next.
window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  const message = parseToPanel(data);
  switch (message?.kind) {
    case 'texts':
      page ??= createPage(message.texts);
      break;
    case 'state':
      host.setState(message.state);
      break;
    case 'fields':
      page?.form.write(message.fields, message.edits);
      break;
    case 'view':
      page?.show(message.view);
      break;
    case 'focus':
      page?.focus(message.at);
      break;
    case 'takeFocus':
      focusAgain();
      host.postMessage({ kind: 'tookFocus' });
      break;
    case undefined:
      break;
    default:
      message satisfies never;
  }
});
host.postMessage({ kind: 'ready' });

type Page = ReturnType<typeof createPage>;

function createPage(texts: PanelTexts) {
  const status = make('p', { role: 'status', class: 'unseen' });
  /** The notices of the page, and those among them that were announced. */
  let current: readonly string[] = [];
  let spoken: readonly string[] = [];
  let silence: ReturnType<typeof setTimeout> | undefined;
  let soon: ReturnType<typeof setTimeout> | undefined;
  /** Announces a text once, then clears it, so that a screen reader does not read it again while browsing. */
  const announce = (text: string): void => {
    status.textContent = text;
    clearTimeout(silence);
    silence = setTimeout(() => status.replaceChildren(), SPEAKING_MILLISECONDS);
  };
  const announceSoon = (now: readonly string[]): void => {
    if (now.join('\n') !== current.join('\n')) {
      current = now;
      clearTimeout(soon);
      soon = setTimeout(() => {
        // A notice that takes the focus is read because of that.
        const read = document.hasFocus() ? document.activeElement?.getAttribute('aria-label') : undefined;
        const unread = now.filter((text) => text !== read && !spoken.includes(text));
        spoken = now;
        if (unread.length > 0) {
          announce(unread.join(' '));
        }
      }, FOCUS_MILLISECONDS);
    }
  };
  const form = createForm(texts, {
    announce,
    onEdit: (left) => host.postMessage({ kind: 'edit', ...form.read(), ...(left ? { left } : {}) }),
  });
  const about = createAbout(texts);
  const heading = make('h1');
  const account = make('p', { class: 'account' });
  const banner = make('div');
  const notices = make('div', { class: 'notices' });
  const plan = make('p', { class: 'plan' });
  const buttons = make('div', { class: 'buttons' });
  const tools = make('div', { class: 'buttons tools', role: 'group', 'aria-label': texts.tools });
  const aside = make('aside', { 'aria-label': texts.about }, ...about.elements);
  const body = make('form', { novalidate: '' }, ...form.elements, plan, buttons);
  let busy = false;

  function act(action: PanelAction): void {
    host.postMessage({ kind: 'act', action, ...form.read() });
  }

  function drawButton({ action, label }: PanelButton, primary: boolean): HTMLButtonElement {
    const button = make('button', { type: 'button', 'data-action': action, class: primary ? '' : 'secondary' }, label);
    button.addEventListener('click', () => {
      if (button.getAttribute('aria-disabled') !== 'true') {
        act(action);
      }
    });
    return button;
  }

  const focusName = (): void => form.focus('name');
  const drawButtons = createRegion<PanelView['buttons']>(
    buttons,
    (value) => value.map((each, index) => drawButton(each, index === 0)),
    { onEmpty: focusName },
  );
  const drawTools = createRegion<PanelView['tools']>(tools, (value) => value.map((each) => drawButton(each, false)), {
    onEmpty: focusName,
  });
  const drawNotices = createRegion<readonly PanelNotice[]>(
    notices,
    (value) => value.map((notice) => drawNotice(notice, drawButton)),
    { onEmpty: focusName },
  );
  const drawBanner = createRegion<PanelNotice | null>(
    banner,
    (value) => (value ? [drawNotice(value, drawButton, 'banner')] : []),
    { onEmpty: focusName, keeps: true },
  );

  function save(): void {
    if (!busy) {
      act('save');
    }
  }
  body.addEventListener('submit', (event) => {
    event.preventDefault();
    save();
  });
  // Enter in a field submits natively only with a submit button, which this form does not have.
  body.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement && !event.isComposing) {
      event.preventDefault();
      save();
    }
  });
  window.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 's') {
      event.preventDefault();
      save();
    }
  });

  document.body.append(
    make(
      'main',
      {},
      make('header', {}, make('div', {}, heading, account), tools),
      banner,
      notices,
      make('div', { class: 'columns' }, body, aside),
      status,
    ),
  );

  return {
    form,
    show(view: PanelView): void {
      busy = view.busy;
      heading.textContent = view.heading;
      document.title = view.heading;
      account.textContent = view.account;
      plan.textContent = view.plan;
      form.show(view);
      drawBanner(view.banner ?? null);
      drawNotices(view.notices);
      drawButtons(view.buttons);
      drawTools(view.tools);
      for (const button of document.querySelectorAll('form button, header button')) {
        setAttribute(button, 'aria-disabled', view.busy ? 'true' : undefined);
      }
      setAttribute(body, 'aria-busy', view.busy ? 'true' : undefined);
      aside.hidden = view.about === undefined;
      if (view.about) {
        about.show(view.about);
      }
      announceSoon(view.notices.map(describeNotice));
    },
    focus(at: PanelField | 'notice'): void {
      if (at === 'notice') {
        // The newest notice is below those about the state of the destination.
        notices.querySelector<HTMLElement>('.notice:last-child')?.focus();
      } else {
        form.focus(at);
      }
    },
  };
}

/** The lines and the current step. */
function describeNotice({ lines, steps = [] }: PanelNotice): string {
  const current = steps.filter(({ state }) => state === 'current').map(({ text }) => text);
  return [...lines, ...current].join(' ');
}

function drawNotice(
  value: PanelNotice,
  drawButton: (button: PanelButton, primary: boolean) => HTMLElement,
  kind: 'notice' | 'banner' = 'notice',
): HTMLElement {
  const { tone, lines, steps, buttons } = value;
  // The whole text is the name, so that it is read once when the notice takes the focus. A banner never takes it.
  const focusable = { role: 'group', tabindex: '-1', 'aria-label': describeNotice(value) };
  const notice = make('div', { class: `${kind} ${tone}`, ...(kind === 'notice' ? focusable : {}) });
  notice.append(...lines.map((line) => make('p', {}, line)));
  if (steps) {
    notice.append(
      make(
        'ol',
        { class: 'steps' },
        ...steps.map(({ text, state, stateText }) =>
          make('li', { class: state }, make('span', { class: 'mark' }, `${stateText}: `), text),
        ),
      ),
    );
  }
  if (buttons.length > 0) {
    notice.append(
      make(
        'div',
        { class: 'buttons' },
        ...buttons.map((each, index) => drawButton(each, index === 0 && !SECONDARY.has(each.action))),
      ),
    );
  }
  return notice;
}
