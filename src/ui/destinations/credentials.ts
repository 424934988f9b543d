import * as vscode from 'vscode';
import type { Redactor } from '../../core/api/redaction.ts';
import { guessType, typeNamed, typeOrGeneric } from '../../core/model/destination-types/index.ts';
import { type Destination, hostOf } from '../../core/model/destination.ts';
import { normalizeAddress } from '../../core/model/web-address.ts';
import { joinUrl, lacksSecret, wholeUrlOf } from '../../core/model/whole-url.ts';
import { nameService } from '../text/draft.ts';
import { askText, type Check } from '../host/quick-input.ts';
import type { RememberedSecret } from './secret-store.ts';

/** What is needed to send to a destination, or to create it again; `typed` is set where the user has typed some of it. */
export type Credentials = { readonly url: string; readonly secret?: string; readonly typed?: RememberedSecret };

export type CredentialsQuestion = {
  readonly title: string;
  readonly redactor: Redactor;
  /** Whether to ask for a secret, too, that the destination may or may not have. */
  readonly optional: boolean;
};

/**
 * Collects the URL and secret of a destination: what Cloudflare gives out and this machine remembers, the rest from the
 * user, masked. Undefined where they leave. From then on neither reaches a log.
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
    vscode.l10n.t('Enter the complete {0} URL, or only its secret part, which Cloudflare withholds.', service),
    (typed) => {
      const isPart = typed !== '' && !/[:/\s]/.test(typed);
      const text = isPart ? joinUrl(typeOrGeneric(type), url, typed) : normalizeAddress(typed);
      return guessType(text) === undefined
        ? { ok: false, problem: vscode.l10n.t('This is not a web address.') }
        : lacksSecret(typeOrGeneric(type), text)
          ? { ok: false, problem: vscode.l10n.t('This is not the whole URL of a webhook of {0}.', service) }
          : host !== '' && hostOf(text) !== host
            ? { ok: false, problem: vscode.l10n.t('This destination is at {0}, not at {1}.', host, hostOf(text)) }
            : { ok: true, value: text };
    },
    typeNamed(type)?.example,
  );
}

async function askSecret({ type, url }: Destination, title: string, isRequired: boolean): Promise<string | undefined> {
  return askMasked(
    title,
    isRequired
      ? vscode.l10n.t('Its secret, which Cloudflare does not give out and this machine does not remember.')
      : vscode.l10n.t('Its secret, if it has one: Cloudflare does not give it out. Leave it empty for none.'),
    (text) =>
      isRequired && text === ''
        ? { ok: false, problem: vscode.l10n.t('{0} takes nothing without it.', nameService(type, hostOf(url))) }
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
