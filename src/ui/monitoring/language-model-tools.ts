import * as vscode from 'vscode';
import type { ToolInput, ToolKind } from '../../core/monitoring/tool-answer.ts';
import { TOOLS } from '../host/ids.ts';
import type { ToolCalls } from './tool-calls.ts';

/**
 * Registers read-only tools for language models, which return the last snapshots and their age. `load` loads the code of
 * the tools on first use.
 */
export function registerLanguageModelTools(load: () => Promise<ToolCalls>): vscode.Disposable {
  const register = (kind: ToolKind): vscode.Disposable =>
    vscode.lm.registerTool<ToolInput>(TOOLS[kind], {
      prepareInvocation: async ({ input }, token) => (await load()).prepare(kind, input, token),
      invoke: async ({ input }, token) => (await load()).invoke(kind, input, token),
    });
  return vscode.Disposable.from(register('list'), register('failing'));
}
