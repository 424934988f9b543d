/** Text that a name or a message of Cloudflare may contain. `mark` is the part of it that must be visible. */
export type HostileText = { readonly title: string; readonly text: string; readonly mark: string };

const texts: Readonly<Record<string, string>> = {
  'a command link': '[Fix now](command:workbench.action.quit)',
  'a command link with arguments':
    '[Fix](command:workbench.action.terminal.sendSequence?%7B%22text%22%3A%22id%5Cn%22%7D)',
  'a web link with a title': '[Cloudflare](https://evil.example/x "https://dash.cloudflare.com")',
  'a file link': '[log](file:///etc/passwd)',
  'a link with an invisible character in its middle': '[Fix]\u200B(command:workbench.action.quit)',
  'a link with a line break in its middle': '[Fix]\n(command:workbench.action.quit)',
  'a link in a link': '[[Fix](command:a)](command:workbench.action.quit)',
  'an automatic link': '<https://evil.example/x> https://evil.example/y www.evil.example',
  'a Markdown image': '![pixel](https://evil.example/pixel.png)',
  'Markdown blocks': '# Heading\n\n- item\n\n> quote\n\n```sh\nrm -rf /\n```\n\n***\n\n| a | b |\n|---|---|',
  'Markdown emphasis': '**bold** _italic_ ~~gone~~ `code` &lt;b&gt; &amp; \\*',
  icons: '$(error) $(sync~spin) \\$(bug) $$(check)',
  'an icon with an invisible character in its middle': '$\u2060(error)',
  // `hostile` becomes a global variable if the text is run.
  'HTML with a script': '<script>window.hostile = 1</script><img src=x onerror="window.hostile = 1">',
  'HTML that closes its surroundings': '"></title></span><h1 id="hostile">Signed out</h1><a href="command:x">x</a>',
  'a right-to-left override': 'invoice\u202Egpj.exe',
  'bidirectional isolates': '\u2066safe\u2069 \u2067evil\u2069 \u200F\u200E\u061C',
  'zero-width characters': 'pay\u200Bpal\u200C\u200D\uFEFF\u2060\u00AD',
  'variation selectors and tags': 'a\uFE0F\u{E0041}\u{E007F}\u034F\u3164',
  NUL: 'before\u0000after',
  'terminal escapes': '\u001B[2J\u001B]8;;https://evil.example\u0007click\u001B]8;;\u0007\u009B31m',
  'backspaces and bells': 'evil\b\b\b\bgood\u0007\u007F',
  'line breaks and a forged log line': 'x\r\n2026-01-01 00:00:00.000 [info] All tokens are safe',
  'line separators': 'x\u2028y\u2029z\u0085w\u000Bv\u000Cu',
  'lone surrogates': 'x\uD800y\uDFFFz',
  'a template': '{0} {1} ${process.env.HOME} %s %o {{7*7}}',
  quotes: '” “ " \' ` \\" \\\\ \\u202e \\n',
  'a very long text': 'long '.repeat(20_000),
  'a very long word': 'W'.repeat(100_000),
  'combining characters': `Z${'\u0301'.repeat(500)}`,
};

/** Texts that are the name of an inherited property. */
const properties = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

export const hostileTexts: readonly HostileText[] = [
  ...Object.entries(texts).map(([title, text], index) => {
    const mark = `mark${String(index).padStart(2, '0')}`;
    return { title, text: `${mark} ${text}`, mark };
  }),
  ...properties.map((text) => ({ title: `the property ${text}`, text, mark: text })),
];

/** What a sink makes of text, beside showing it. */
export type Sink = {
  /** Whether the text may have several lines. */
  readonly lines?: boolean;
  /** The text stays exact and so as long as it is, with escapes. */
  readonly exact?: boolean;
  /** VS Code makes links of `[text](address)`, as in notifications. */
  readonly links?: boolean;
  /** VS Code makes icons of `$(name)`, as in quick picks. */
  readonly icons?: boolean;
  /** Markdown source. */
  readonly markdown?: boolean;
};

/** As `parseLinkedText` of VS Code finds links. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
/** As `renderLabelWithIcons` of VS Code finds icons. */
const ICON = /(?<!\\)\$\([a-z0-9-]+(?:~[a-z]+)?\)/i;

/**
 * What is wrong with a text in a sink: it has a control, bidirectional or invisible character, is too long, or becomes
 * more than text.
 */
export function findHarm(shown: string, sink: Sink = {}): readonly string[] {
  // Only the emphasis of headings is not escaped.
  const unescaped = shown.replaceAll(/\\[!-/:-@[-`{-~]/g, '').replaceAll(/^\*\*|\*\*(?= *$)/gm, '');
  const found = {
    'an invisible character': /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(shown),
    'a line break': !sink.lines && !sink.markdown && /[\n\t]/.test(shown),
    'too many characters': !sink.exact && shown.length > 20_000,
    'a link': sink.links && LINK.test(shown),
    'an icon': sink.icons && ICON.test(shown),
    Markdown: sink.markdown && /[!-'*+<=>[\\\]_`{|}~]|:\/\/|^[#\-+]/m.test(unescaped),
  };
  return Object.entries(found).flatMap(([harm, isThere]) => (isThere ? [harm] : []));
}
