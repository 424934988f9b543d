// Stands in for the module `vscode` in tests of start-up. It records what the extension registers, and what is disposed of.

type Listener = (value: unknown) => unknown;
type Registration = { readonly what: string; readonly given: readonly unknown[]; isDisposed: boolean };

/** Everything that was created since the last `startOver`, in this order. */
export const recorded = {
  registrations: [] as Registration[],
  contextKeys: new Map<string, unknown>(),
  errors: [] as string[],
  logged: [] as string[],
  configuration: new Map<string, unknown>(),
};

export function startOver(): void {
  recorded.registrations = [];
  recorded.contextKeys.clear();
  recorded.errors = [];
  recorded.logged = [];
}

export function registered(what: string): readonly Registration[] {
  return recorded.registrations.filter((each) => each.what === what);
}

function register(what: string, ...given: readonly unknown[]): Disposable {
  const registration: Registration = { what, given, isDisposed: false };
  recorded.registrations.push(registration);
  return new Disposable(() => {
    registration.isDisposed = true;
  });
}

export class Disposable {
  readonly dispose: () => void;

  constructor(dispose: () => void) {
    this.dispose = dispose;
  }

  static from(...disposables: readonly { dispose(): void }[]): Disposable {
    return new Disposable(() => {
      for (const each of disposables) {
        each.dispose();
      }
    });
  }
}

export class EventEmitter {
  readonly #listeners = new Set<Listener>();
  readonly #registration = register('emitter');

  readonly event = (listener: Listener): Disposable => {
    this.#listeners.add(listener);
    return new Disposable(() => this.#listeners.delete(listener));
  };

  fire(value: unknown): void {
    for (const listener of this.#listeners) {
      listener(value);
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#listeners.clear();
  }
}

export class CancellationError extends Error {}

export class ThemeIcon {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export class ThemeColor extends ThemeIcon {}

export const ExtensionMode = { Production: 1, Development: 2, Test: 3 };
export const StatusBarAlignment = { Left: 1 };
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const env = { language: 'en' };
export const l10n = { t: (message: string): string => message };
export const lm = { registerTool: (...given: readonly unknown[]) => register('tool', ...given) };

export const commands = {
  registerCommand: (...given: readonly unknown[]) => register('command', ...given),
  executeCommand: async (name: string, key: string, value: unknown): Promise<void> => {
    if (name === 'setContext') {
      recorded.contextKeys.set(key, value);
    }
  },
};

const listen =
  (what: string) =>
  (listener: unknown): Disposable =>
    register(what, listener);

export const workspace = {
  getConfiguration: () => ({ get: (name: string) => recorded.configuration.get(name) }),
  onDidChangeConfiguration: listen('onDidChangeConfiguration'),
  onWillSaveTextDocument: listen('onWillSaveTextDocument'),
  registerFileSystemProvider: (...given: readonly unknown[]) => register('files', ...given),
  registerTextDocumentContentProvider: (...given: readonly unknown[]) => register('documents', ...given),
};

export const window = {
  state: { focused: true },
  onDidChangeWindowState: listen('onDidChangeWindowState'),
  registerUriHandler: (...given: readonly unknown[]) => register('links', ...given),
  registerFileDecorationProvider: (...given: readonly unknown[]) => register('colors', ...given),
  registerWebviewPanelSerializer: (...given: readonly unknown[]) => register('panels', ...given),
  createTreeView: (id: string, options: unknown) => ({
    dispose: register('view', id, options).dispose,
    selection: [],
    onDidChangeSelection: listen('onDidChangeSelection'),
  }),
  createStatusBarItem: () => ({ dispose: register('status item').dispose, show() {}, hide() {} }),
  createOutputChannel(name: string) {
    const log = (line: unknown): void => void recorded.logged.push(String(line));
    return {
      dispose: register('log', name).dispose,
      error: log,
      warn: log,
      info: log,
      debug: log,
      trace: log,
      show: () => register('shown log').dispose(),
    };
  },
  showErrorMessage: async (message: string): Promise<void> => void recorded.errors.push(message),
};
