import * as vscode from 'vscode';
import type { Redactor } from '../../core/api/redaction.ts';
import { guessType, typeNamed, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { type Destination, hostOf } from '../../core/model/destination.ts';
import { normalizeAddress } from '../../core/model/web-address.ts';
import { joinUrl, lacksSecret, wholeUrlOf } from '../../core/model/whole-url.ts';
import { nameService } from '../text/draft.ts';
import { askText, type Check } from '../host/quick-input.ts';
import type { RememberedSecret } from '../../core/destinations/remembered-secret.ts';

/** The URL and secret that a test or a new creation needs. `typed`: the parts that the user entered. */
export type Credentials = { readonly url: string; readonly secret?: string; readonly typed?: RememberedSecret };

export type CredentialsQuestion = {
  readonly title: string;
  readonly redactor: Redactor;
  /** Whether to ask for a secret that the destination may not have. */
  readonly optional: boolean;
};

/**
 * Collects the URL and secret of a destination from Cloudflare, from the secret storage, and then from the user in
 * masked inputs. Returns undefined if the user cancels. Both are redacted in the log.
 */
export async function collectCredentials(
  destination: Destination,
  remembered: RememberedSecret | undefined,
  { title, redactor, optional }: CredentialsQuestion,
): Promise<Credentials | undefined> {
  const type = typeOrGeneric(destination.type);
  let url: string | undefined = wholeUrlOf(destination, remembered);
  let secret = remembered?.secret;
  let typed: RememberedSecret | undefined;
  if (lacksSecret(type, url)) {
    url = await askWholeUrl(destination, title);
    if (url === undefined) {
      return undefined;
    }
    typed = { ...remembered, url };
  }
  const isRequired = type.secret === 'required';
  if (secret === undefined && (isRequired || (type.secret === 'optional' && optional && !remembered))) {
    const answer = await askSecret(destination, title, isRequired);
    if (answer === undefined) {
      return undefined;
    }
    secret = answer === '' ? undefined : answer;
    typed = { ...typed, ...(secret === undefined ? {} : { secret }) };
  }
  for (const credential of [url, secret]) {
    if (credential) {
      redactor.remember(credential);
    }
  }
  return { url, ...(secret === undefined ? {} : { secret }), ...(typed ? { typed } : {}) };
}

async function askWholeUrl({ type, url }: Destination, title: string): Promise<string | undefined> {
  const host = hostOf(url);
  const service = nameService(type, host);
  return askMasked(
    title,
    vscode.l10n.t('Enter the full {0} URL, or only its secret part, which Cloudflare hides.', service),
    (typed) => {
      const isPart = typed !== '' && !/[:/\s]/.test(typed);
      const text = isPart ? joinUrl(typeOrGeneric(type), url, typed) : normalizeAddress(typed);
      return guessType(text) === undefined
        ? { ok: false, problem: vscode.l10n.t('This is not a valid URL.') }
        : lacksSecret(typeOrGeneric(type), text)
          ? { ok: false, problem: vscode.l10n.t('This is not a full {0} webhook URL.', service) }
          : host !== '' && hostOf(text) !== host
            ? { ok: false, problem: vscode.l10n.t('The host of this destination is {0}, not {1}.', host, hostOf(text)) }
            : { ok: true, value: text };
    },
    typeNamed(type)?.example,
  );
}

async function askSecret({ type, url }: Destination, title: string, isRequired: boolean): Promise<string | undefined> {
  return askMasked(
    title,
    isRequired
      ? vscode.l10n.t('Enter the secret. Cloudflare never returns it, and this machine does not remember it.')
      : vscode.l10n.t('Enter the secret, or leave it empty if there is none. Cloudflare never returns it.'),
    (text) =>
      isRequired && text === ''
        ? { ok: false, problem: vscode.l10n.t('{0} requires a secret.', nameService(type, hostOf(url))) }
        : { ok: true, value: text },
  );
}

async function askMasked(
  title: string,
  prompt: string,
  check: (text: string) => Check<string>,
  placeholder = '',
): Promise<string | undefined> {
  const answer = await askText<string>({
    title,
    prompt,
    placeholder,
    password: true,
    check: (text) => check(text.trim()),
  });
  return answer.kind === 'value' ? answer.value : undefined;
}
