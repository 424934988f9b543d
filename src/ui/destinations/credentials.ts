import * as vscode from 'vscode';
import type { Redactor } from '../../core/api/redaction.ts';
import { guessType, typeNamed, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { type Destination, hostOf } from '../../core/model/destination.ts';
import { normalizeAddress } from '../../core/model/web-address.ts';
import { joinUrl, lacksSecret, wholeUrlOf } from '../../core/model/whole-url.ts';
import { nameService } from '../text/draft.ts';
import { type Answer, askText, type Check } from '../host/quick-input.ts';
import type { RememberedSecret } from '../../core/destinations/remembered-secret.ts';

/**
 * The URL and secret that a test or a new creation needs. `typed`: what was remembered, with the parts that the user entered.
 * `remembered`: what was remembered before.
 */
export type Credentials = {
  readonly url: string;
  readonly secret?: string;
  readonly typed?: RememberedSecret;
  readonly remembered?: RememberedSecret;
};

export type CredentialsQuestion = {
  readonly title: string;
  readonly redactor: Redactor;
  /** Whether to ask for a secret that the destination may not have. */
  readonly optional: boolean;
  /** Whether the inputs have a button that skips the destination. */
  readonly canSkip?: boolean;
};

/**
 * Collects the URL and secret of a destination from Cloudflare, from the secret storage, and then from the user in
 * masked inputs. Returns undefined if the user cancels, and `skip` if the user skips the destination. Both are redacted in
 * the log.
 */
export async function collectCredentials(
  destination: Destination,
  remembered: RememberedSecret | undefined,
  { title, redactor, optional, canSkip = false }: CredentialsQuestion,
): Promise<Credentials | 'skip' | undefined> {
  const type = typeOrGeneric(destination.type);
  let url = wholeUrlOf(destination, remembered);
  let secret = remembered?.secret;
  let typed: RememberedSecret | undefined;
  if (lacksSecret(type, url)) {
    const answer = await askWholeUrl(destination, { title, canSkip });
    if (answer.kind !== 'value') {
      return undefined;
    }
    if (answer.value === undefined) {
      return 'skip';
    }
    url = answer.value;
    typed = { ...remembered, url };
  }
  const isRequired = type.secret === 'required';
  if (secret === undefined && (isRequired || (type.secret === 'optional' && optional && !remembered))) {
    const answer = await askSecret(destination, { title, canSkip }, isRequired);
    if (answer.kind !== 'value') {
      return undefined;
    }
    if (answer.value === undefined) {
      return 'skip';
    }
    secret = answer.value === '' ? undefined : answer.value;
    typed = { ...typed, ...(secret === undefined ? {} : { secret }) };
  }
  for (const credential of [url, secret]) {
    if (credential) {
      redactor.remember(credential);
    }
  }
  return {
    url,
    ...(secret === undefined ? {} : { secret }),
    ...(typed ? { typed } : {}),
    ...(remembered ? { remembered } : {}),
  };
}

type Asking = { readonly title: string; readonly canSkip: boolean };

async function askWholeUrl({ type, url }: Destination, asking: Asking): Promise<Answer<string | undefined>> {
  const host = hostOf(url);
  const service = nameService(type, host);
  return askMasked(
    asking,
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

async function askSecret(
  { type, url }: Destination,
  asking: Asking,
  isRequired: boolean,
): Promise<Answer<string | undefined>> {
  return askMasked(
    asking,
    isRequired
      ? vscode.l10n.t('Enter the secret. Cloudflare never returns it, and this machine does not remember it.')
      : vscode.l10n.t('Enter the secret, or leave it empty if there is none. Cloudflare never returns it.'),
    (text) =>
      isRequired && text === ''
        ? { ok: false, problem: vscode.l10n.t('{0} requires a secret.', nameService(type, hostOf(url))) }
        : { ok: true, value: text },
  );
}

/** The value is undefined if the user skips the destination. */
async function askMasked(
  { title, canSkip }: Asking,
  prompt: string,
  check: (text: string) => Check<string>,
  placeholder = '',
): Promise<Answer<string | undefined>> {
  return askText<string | undefined>({
    title,
    prompt,
    placeholder,
    password: true,
    ...(canSkip ? { skip: { tooltip: vscode.l10n.t('Skip This Destination'), answer: undefined } } : {}),
    check: (text) => check(text.trim()),
  });
}
