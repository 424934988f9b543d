import { type Node, parseTree, type ParseError, printParseErrorCode } from 'jsonc-parser';

/** `offset` and `length` count UTF-16 code units, as VS Code does. */
export type TextRange = { readonly offset: number; readonly length: number };

/** `comment` has its own code because users try comments. `tooDeep` means the nesting exceeds the parser's stack. */
export type SyntaxCode = 'comment' | 'tooDeep' | 'other';

/** A finding in a document: where, how bad, and what. */
export type Finding<Problem> = TextRange & { readonly severity: 'error' | 'warning'; readonly problem: Problem };

export function makeFinding<const Problem>(
  { offset, length }: TextRange,
  problem: Problem,
  severity: 'error' | 'warning' = 'error',
): Finding<Problem> {
  return { severity, offset, length, problem };
}

export type ParsedJson = {
  /** The tree of an object; absent for anything else. */
  readonly root?: Node;
  readonly findings: readonly Finding<{ readonly kind: 'syntax'; readonly code: SyntaxCode } | NotAnObject>[];
  /** Whether the text is JSON without errors. */
  readonly isValid: boolean;
};

type NotAnObject = { readonly kind: 'notAnObject' };

/** Parses the JSON object of a document. Never throws. */
export function parseObject(text: string): ParsedJson {
  const errors: ParseError[] = [];
  let root: Node | undefined;
  try {
    root = parseTree(text, errors, { disallowComments: true, allowEmptyContent: false });
  } catch {
    // The parser is recursive, so deep nesting overflows the stack.
    const findings = [makeFinding({ offset: 0, length: text.length }, { kind: 'syntax', code: 'tooDeep' })];
    return { findings, isValid: false };
  }
  const isValid = errors.length === 0;
  const seen = new Set<number>();
  const findings = errors
    // Keep only the first of several errors at the same offset.
    .filter(({ offset }) => !seen.has(offset) && seen.add(offset))
    .map(({ error, offset, length }) => {
      const code = printParseErrorCode(error) === 'InvalidCommentToken' ? 'comment' : 'other';
      return makeFinding({ offset, length }, { kind: 'syntax', code });
    });
  if (root?.type === 'object') {
    return { root, findings, isValid };
  }
  // A syntax error already explains why there is no object.
  return {
    findings: [...findings, ...(root && isValid ? [makeFinding(root, { kind: 'notAnObject' })] : [])],
    isValid,
  };
}
