import * as v from 'valibot';
import type * as vscode from 'vscode';
import type { Log } from '../../core/api/transport.ts';
import { describeForLog } from '../../core/api/api-error.ts';

/** The unsaved fields of a panel, without the secret, and the saved values they started from. */
const keptSchema = v.object({
  name: v.string(),
  url: v.string(),
  baseName: v.string(),
  baseUrl: v.string(),
  /** The destination of the draft. The webview state may still have the ID from before a replacement. */
  destinationId: v.exactOptional(v.string()),
  /** Whether to store the secret on this machine. */
  remember: v.exactOptional(v.boolean()),
  /** A secret was typed too. It is never persisted, so a restored panel says that it has to be typed again. */
  hadSecret: v.exactOptional(v.boolean()),
});
export type KeptDraft = Readonly<v.InferOutput<typeof keptSchema>>;

/**
 * Persists drafts across a window reload, in SecretStorage because a URL is a credential. No method rejects.
 */
export type DraftKeep = vscode.Disposable & {
  get(draftId: string): Promise<KeptDraft | undefined>;
  /** Writes after a short delay; a later call replaces an earlier one. */
  keep(draftId: string, draft: KeptDraft): void;
  forget(draftId: string): void;
};

const PAUSE_MILLISECONDS = 300;

function keyOf(draftId: string): string {
  return `cloudflareWebhooks.draft.${draftId}`;
}

export function createDraftKeep(secrets: vscode.SecretStorage, log: Log): DraftKeep {
  /** The drafts to write. */
  const waiting = new Map<string, { readonly draft: KeptDraft; readonly timer: NodeJS.Timeout }>();
  /** The stored drafts, so that a draft that was never written is not deleted. */
  const written = new Set<string>();
  const orLog = (error: unknown): undefined => {
    log('error', `SecretStorage failed for the draft of a panel: ${describeForLog(error)}`);
  };

  function write(draftId: string, draft: KeptDraft): void {
    waiting.delete(draftId);
    written.add(draftId);
    void Promise.resolve(secrets.store(keyOf(draftId), JSON.stringify(draft))).catch(orLog);
  }

  return {
    async get(draftId) {
      const unwritten = waiting.get(draftId)?.draft;
      if (unwritten) {
        return unwritten;
      }
      const value = await Promise.resolve(secrets.get(keyOf(draftId))).catch(orLog);
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), keptSchema), value);
      if (value !== undefined) {
        written.add(draftId);
      }
      return parsed.success ? parsed.output : undefined;
    },
    keep(draftId, draft) {
      clearTimeout(waiting.get(draftId)?.timer);
      const timer = setTimeout(() => write(draftId, draft), PAUSE_MILLISECONDS);
      waiting.set(draftId, { draft, timer });
    },
    forget(draftId) {
      clearTimeout(waiting.get(draftId)?.timer);
      waiting.delete(draftId);
      if (written.delete(draftId)) {
        void Promise.resolve(secrets.delete(keyOf(draftId))).catch(orLog);
      }
    },
    dispose() {
      // The window may close or reload right after the last key press.
      for (const [draftId, { draft, timer }] of waiting) {
        clearTimeout(timer);
        write(draftId, draft);
      }
    },
  };
}
