// Stands in for the `vscode` module in unit tests whose user is scripted: see scripted-window.ts.
import * as base from '../../robust/vscode-stub.mjs';

export * from '../../robust/vscode-stub.mjs';

/** What the user of the running test does next and has open, and what was shown. */
export const user = { presses: [], inputs: [], picks: [], told: [], details: [], documents: [], shown: [] };
/** The registered provider of colors. */
export const decorations = {};

export class Uri {
  constructor({ scheme, path, query = '' }) {
    Object.assign(this, { scheme, path, query });
  }
  static from = (parts) => new Uri(parts);
  static parse(text) {
    const { protocol, pathname, search } = new URL(text);
    return new Uri({ scheme: protocol.slice(0, -1), path: decodeURI(pathname), query: search.slice(1) });
  }
  toString() {
    return `${this.scheme}:${encodeURI(this.path)}?${this.query}`;
  }
}

export class FileSystemError extends Error {
  static FileNotFound = (uri) => new FileSystemError(`Not found: ${uri}`);
  static Unavailable = (message) => new FileSystemError(message);
}

export class Range {
  start;
  end;
  constructor(start, end) {
    this.start = start;
    this.end = end;
  }
}
export class Diagnostic {
  source;
}
/** Knows the ranges to delete. */
export class WorkspaceEdit {
  ranges = [];
  delete(_uri, range) {
    this.ranges.push(range);
  }
}

export const FileChangeType = { Changed: 1, Created: 2, Deleted: 3 };
export const FileType = { File: 1, Directory: 2 };
export const QuickInputButtons = { Back: {} };
export const TextDocumentSaveReason = { Manual: 1, AfterDelay: 2, FocusOut: 3 };
export const CompletionItemKind = {};
export const CodeActionKind = {};
export const DiagnosticSeverity = { Error: 0, Warning: 1 };
export const QuickPickItemKind = { Separator: -1, Default: 0 };

export class TabInputText {
  uri;
  constructor(uri) {
    this.uri = uri;
  }
}
export class TabInputTextDiff {
  original;
  modified;
}

const nothing = () => new base.Disposable(() => {});
export const workspace = {
  ...base.workspace,
  onDidOpenTextDocument: nothing,
  onDidChangeTextDocument: nothing,
  onDidSaveTextDocument: nothing,
  onDidCloseTextDocument: nothing,
  get textDocuments() {
    return user.documents;
  },
};

export const languages = {
  createDiagnosticCollection: () => ({ set() {}, delete() {}, dispose() {} }),
  registerCompletionItemProvider: nothing,
  registerInlayHintsProvider: nothing,
  registerCodeActionsProvider: nothing,
};

const show = async (message, options) => {
  user.told.push(message);
  user.details.push(options?.detail ?? '');
  return user.presses.shift();
};

function createInputBox() {
  const listeners = {};
  return {
    onDidHide: (listener) => (listeners.hide = listener),
    onDidAccept: (listener) => (listeners.accept = listener),
    onDidChangeValue() {},
    onDidTriggerButton() {},
    show() {
      const text = user.inputs.shift();
      if (text === undefined) {
        listeners.hide();
      } else {
        this.value = text;
        listeners.accept();
      }
    },
    dispose() {},
  };
}

function createQuickPick() {
  const listeners = {};
  return {
    onDidHide: (listener) => (listeners.hide = listener),
    onDidAccept: (listener) => (listeners.accept = listener),
    onDidTriggerButton() {},
    show() {
      const choose = user.picks.shift();
      if (choose) {
        this.selectedItems = choose(this.items);
        listeners.accept();
      } else {
        listeners.hide();
      }
    },
    dispose() {},
  };
}

export const window = {
  ...base.window,
  createInputBox,
  createQuickPick,
  tabGroups: {
    onDidChangeTabs: nothing,
    get all() {
      return [{ tabs: user.documents.map(({ uri }) => ({ input: new TabInputText(uri) })) }];
    },
  },
  showTextDocument: async (uri) => void user.shown.push(uri),
  registerFileDecorationProvider(provider) {
    decorations.provider = provider;
    return new base.Disposable(() => {});
  },
  showInformationMessage: show,
  showWarningMessage: show,
  showErrorMessage: show,
};
