// Stands in for the `vscode` module in the benchmark: just enough for the tree and the status item, and it counts.
export const counts = { statusUpdates: 0, contextKeys: 0 };

export class EventEmitter {
  listeners = new Set();
  event = (listener) => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };
  fire(value) {
    for (const listener of this.listeners) {
      listener(value);
    }
  }
  dispose() {
    this.listeners.clear();
  }
}

export class Disposable {
  constructor(dispose) {
    this.dispose = dispose;
  }
  static from(...disposables) {
    return new Disposable(() => disposables.forEach((each) => each.dispose()));
  }
}

class TreeItem {
  label;
  collapsibleState;
  constructor(label, collapsibleState) {
    this.label = label;
    this.collapsibleState = collapsibleState;
  }
}

class ThemeColor {
  id;
  constructor(id) {
    this.id = id;
  }
}

class ThemeIcon extends ThemeColor {}

class MarkdownString {
  value;
  constructor(value) {
    this.value = value;
  }
}

const nothing = () => new Disposable(() => {});
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const StatusBarAlignment = { Left: 1 };
export const ConfigurationTarget = { Global: 1 };
export const env = { language: 'en' };
export const l10n = {
  t: (message, ...values) => message.replaceAll(/\{(\d)\}/g, (_, index) => String(values[Number(index)])),
};
export const commands = {
  executeCommand: async () => {
    counts.contextKeys += 1;
  },
};
export const workspace = {
  getConfiguration: () => ({
    get: (name, fallback) => (name === 'statusBar' ? 'always' : fallback),
    inspect: () => ({}),
  }),
  onDidChangeConfiguration: nothing,
};
export const window = {
  state: { focused: true },
  createStatusBarItem: () => ({
    set text(_) {
      counts.statusUpdates += 1;
    },
    show() {},
    hide() {},
    dispose() {},
  }),
  createTreeView: () => ({
    selection: [],
    onDidChangeSelection: nothing,
    dispose() {},
    badge: undefined,
    description: '',
  }),
  onDidChangeWindowState: nothing,
};

export { MarkdownString, ThemeColor, ThemeIcon, TreeItem };
