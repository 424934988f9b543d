import * as v from 'valibot';
import type * as vscode from 'vscode';
import type { Log } from '../../core/api/transport.ts';
import { describeForLog } from '../../core/api/api-error.ts';

/** What was typed into a panel and not saved, without its secret, and what it was typed over. */
const keptSchema = v.object({
  name: v.string(),
  url: v.string(),
  baseName: v.string(),
  baseUrl: v.string(),
  /** The destination it was typed for; a page's own state may be from before that was replaced. */
  destinationId: v.exactOptional(v.string()),
});
export type KeptDraft = Readonly<v.InferOutput<typeof keptSchema>>;

/**
 * Keeps what is typed over a reload of the window. In SecretStorage, since a URL is a credential. None of these rejects.
 */
export type DraftKeep = vscode.Disposable & {
  get(draftId: string): Promise<KeptDraft | undefined>;
  /** Written a moment later; only the last of several counts. */
  keep(draftId: string, draft: KeptDraft): void;
  forget(draftId: string): void;
};

const PAUSE_MILLISECONDS = 300;

function keyOf(draftId: string): string {
  return `cloudflareWebhooks.draft.${draftId}`;
}

export function createDraftKeep(secrets: vscode.SecretStorage, log: Log): DraftKeep {
  const waiting = new Map<string, NodeJS.Timeout>();
  /** What is in the storage, so that nothing is deleted that was never written. */
  const written = new Set<string>();
  const orLog = (error: unknown): undefined => {
    log('error', `SecretStorage failed for what was typed into a panel: ${describeForLog(error)}`);
  };

  return {
    async get(draftId) {
      const value = await Promise.resolve(secrets.get(keyOf(draftId))).catch(orLog);
      const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), keptSchema), value);
      if (value !== undefined) {
        written.add(draftId);
      }
      return parsed.success ? parsed.output : undefined;
    },
    keep(draftId, draft) {
      clearTimeout(waiting.get(draftId));
      waiting.set(
        draftId,
        setTimeout(() => {
          waiting.delete(draftId);
          written.add(draftId);
          void Promise.resolve(secrets.store(keyOf(draftId), JSON.stringify(draft))).catch(orLog);
        }, PAUSE_MILLISECONDS),
      );
    },
    forget(draftId) {
      clearTimeout(waiting.get(draftId));
      waiting.delete(draftId);
      if (written.delete(draftId)) {
        void Promise.resolve(secrets.delete(keyOf(draftId))).catch(orLog);
      }
    },
    dispose() {
      for (const timer of waiting.values()) {
        clearTimeout(timer);
      }
      waiting.clear();
    },
  };
}
