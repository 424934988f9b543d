import * as vscode from 'vscode';
import { escapeMarkdown } from '../text/format.ts';

/**
 * A heading and a list of facts. All text is untrusted, so it is escaped, and the tooltip is neither trusted nor HTML.
 */
export function toTooltip(heading: string, facts: readonly (readonly [string, string?])[]): vscode.MarkdownString {
  const lines = facts.map(([label, value]) => escapeMarkdown(value === undefined ? label : `${label}: ${value}`));
  return new vscode.MarkdownString([`**${escapeMarkdown(heading).trim()}**`, ...lines].join('  \n'));
}
