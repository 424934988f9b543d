import {
  NO_EDITS,
  type PanelEdits,
  type PanelField,
  type PanelFields,
  type PanelTexts,
  type PanelView,
} from '../core/panel-protocol.ts';
import { createRegion, make, setAttribute } from './dom.ts';

export type Form = {
  /** The fields with their labels, hints and findings. */
  readonly elements: readonly HTMLElement[];
  read(): { readonly fields: PanelFields; readonly edits: PanelEdits };
  /** Fills the fields, except those that the user has changed since. */
  write(fields: PanelFields, edits: PanelEdits): void;
  /** Shows hints and findings at their fields. */
  show(view: PanelView): void;
  focus(field: PanelField): void;
};

export type FormEvents = {
  readonly onEdit: (left?: PanelField) => void;
  readonly announce: (text: string) => void;
};

const SECRET_BYTES = 32;

/** Creates the four fields. */
export function createForm(texts: PanelTexts, { onEdit, announce }: FormEvents): Form {
  const inputs = {
    name: make('input', { id: 'name', type: 'text', autocomplete: 'off', spellcheck: 'false' }),
    url: make('input', { id: 'url', type: 'text', inputmode: 'url', autocomplete: 'off', spellcheck: 'false' }),
    // In a browser, `off` and `new-password` let the password manager remember the URL beside it as a user name.
    secret: make('input', { id: 'secret', type: 'password', autocomplete: 'one-time-code', spellcheck: 'false' }),
  };
  inputs.name.required = true;
  inputs.url.required = true;
  const remember = make('input', { id: 'remember', type: 'checkbox', 'aria-describedby': 'remember-hint' });
  const rememberHint = make('p', { id: 'remember-hint', class: 'hint' });
  const secretHint = make('p', { id: 'secret-hint', class: 'hint' });
  const guess = make('p', { id: 'guess', class: 'guess' });
  const reveal = make('button', { type: 'button', class: 'secondary', 'aria-pressed': 'false' }, texts.show);
  const generate = make('button', { type: 'button', class: 'secondary' }, texts.generate);

  let edits = NO_EDITS;
  function edit(field: keyof PanelFields, left?: PanelField): void {
    edits = { ...edits, [field]: edits[field] + 1 };
    onEdit(left);
  }

  /** An input drops line breaks. A value that the user has not edited must stay exact. */
  const written: Partial<Record<PanelField, { readonly exact: string; readonly shown: string }>> = {};
  function read(field: PanelField): string {
    const { value } = inputs[field];
    const last = written[field];
    return last?.shown === value ? last.exact : value;
  }

  /**
   * Reports that a field was left only after the mouse button is released. A finding moves the page, and the pressed
   * button would no longer be under the pointer.
   */
  let pointerDown = false;
  let leaving: PanelField | undefined;
  window.addEventListener('pointerdown', () => (pointerDown = true), true);
  for (const end of ['pointerup', 'pointercancel']) {
    window.addEventListener(
      end,
      () => {
        pointerDown = false;
        const field = leaving;
        leaving = undefined;
        if (field) {
          setTimeout(() => onEdit(field));
        }
      },
      true,
    );
  }
  function leave(field: PanelField): void {
    if (pointerDown) {
      leaving = field;
    } else {
      onEdit(field);
    }
  }

  function setShown(shown: boolean): void {
    inputs.secret.type = shown ? 'text' : 'password';
    reveal.textContent = shown ? texts.hide : texts.show;
    reveal.setAttribute('aria-pressed', String(shown));
  }

  reveal.addEventListener('click', () => setShown(inputs.secret.type === 'password'));
  generate.addEventListener('click', () => {
    if (inputs.secret.readOnly) {
      return;
    }
    inputs.secret.value = makeSecret();
    setShown(true);
    announce(texts.generated);
    edit('secret', 'secret');
  });
  remember.addEventListener('change', () => edit('remember'));
  const findings = (['name', 'url', 'secret'] as const).map((field) => {
    inputs[field].addEventListener('input', () => edit(field));
    inputs[field].addEventListener('change', () => leave(field));
    const list = make('div', { id: `${field}-findings` });
    const draw = createRegion<PanelView['findings']>(list, (found) =>
      found.map(({ severity, text }) => make('p', { class: `finding ${severity}` }, text)),
    );
    return { field, list, draw };
  });
  const listOf = (field: PanelField): HTMLElement => findings.find((each) => each.field === field)?.list ?? make('div');

  const label = (field: PanelField): HTMLElement => make('label', { for: field }, texts[field]);
  return {
    elements: [
      make(
        'div',
        { class: 'field' },
        label('name'),
        make('p', { id: 'name-hint', class: 'hint' }, texts.nameHint),
        inputs.name,
        listOf('name'),
      ),
      make(
        'div',
        { class: 'field' },
        label('url'),
        make('p', { id: 'url-hint', class: 'hint' }, texts.urlHint),
        inputs.url,
        guess,
        listOf('url'),
      ),
      make(
        'div',
        { class: 'field' },
        label('secret'),
        secretHint,
        make('div', { class: 'with-buttons' }, inputs.secret, reveal, generate),
        listOf('secret'),
        make('div', { class: 'check' }, remember, make('label', { for: 'remember' }, texts.remember)),
        rememberHint,
      ),
    ],
    read: () => ({
      fields: {
        name: read('name'),
        url: read('url'),
        secret: read('secret'),
        remember: remember.checked,
      },
      edits,
    }),
    write(fields, seen) {
      for (const field of ['name', 'url', 'secret'] as const) {
        if (read(field) !== fields[field] && seen[field] >= edits[field]) {
          inputs[field].value = fields[field];
          written[field] = { exact: fields[field], shown: inputs[field].value };
        }
      }
      if (seen.remember >= edits.remember) {
        remember.checked = fields.remember;
      }
      if (inputs.secret.value === '') {
        setShown(false);
      }
    },
    show(view) {
      guess.textContent = view.guess;
      secretHint.textContent = view.secretHint;
      generate.hidden = !view.canGenerate;
      rememberHint.textContent = view.rememberHint;
      remember.disabled = view.busy;
      for (const { field, draw } of findings) {
        const found = view.findings.filter((each) => each.field === field);
        draw(found);
        const input = inputs[field];
        input.readOnly = view.busy;
        const invalid = found.some(({ severity }) => severity === 'error');
        setAttribute(input, 'aria-invalid', invalid ? 'true' : undefined);
        const guessed = field === 'url' ? ' guess' : '';
        setAttribute(input, 'aria-describedby', `${field}-findings ${field}-hint${guessed}`);
      }
    },
    focus: (field) => inputs[field].focus(),
  };
}

/** 256 random bits in characters that need no escaping in a header or a URL. */
function makeSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return btoa(String.fromCodePoint(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
