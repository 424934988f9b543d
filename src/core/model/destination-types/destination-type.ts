import type { Advice, Answer, Judgement } from './answer.ts';

/** Everything that differs between the types of webhook destinations. Each type is one record in a file of its own. */
export type DestinationType = Basics & (SecretInUrl | SecretInHeader);

type Basics = {
  /** The name in the API. */
  readonly type: string;
  /** The name of the service, to show. */
  readonly label: string;
  /** What messages call the receiver: the service, or the host where users run the endpoint themselves. */
  readonly receiverName: 'label' | 'host';
  /** Users run the receiver themselves: another host is another receiver. */
  readonly isSelfHosted?: true;
  /** The vendor's own description of the request. */
  readonly documentation: string;
  /** The shape of its URLs, to show; the angle brackets stand for what differs. */
  readonly example: string;
  /** Whether Cloudflare derives this type from a URL. The scheme is http or https. */
  readonly matches: (url: URL) => boolean;
  /** Whether https is the only scheme the service has. */
  readonly secure: boolean;
  /** Whether Cloudflare delivers to public hosts on the ports 80 and 443 only. */
  readonly publicOnly: boolean;
  /** Problems of a URL of this type. */
  readonly check?: (url: URL) => readonly UrlProblem[];
  /** The part of a URL by which it belongs to the service, but to a product that Cloudflare does not treat as this type. */
  readonly findOtherProduct?: (url: URL) => string | undefined;
  readonly test: {
    /** Sent as JSON. */
    readonly body: TestBody;
    /** Beside `content-type` and the header with the secret. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Whether a test alerts the people on call. */
    readonly pagesPeople: boolean;
  };
  /** What an answer with a status of 200 to 299 means. `url` is the URL that was called. */
  readonly judge: (answer: Answer, url: URL | undefined) => Judgement;
  /** Why the receiver rejected the request, in its own words; empty where the answer has none. */
  readonly reasonOf: (answer: Answer) => string;
  /** How to fix what an answer complains about, where the service is known for it. */
  readonly adviceOn?: (answer: Answer) => Advice | undefined;
  /** A service that Cloudflare does not know as a type, recognized by the host of a URL. */
  readonly serviceAt?: (url: URL) => KnownService | undefined;
  /**
   * Whether Cloudflare sends alerts in the format that it documents ("Webhook payload schema"). For other types the format
   * of alerts is not documented.
   */
  readonly hasDocumentedPayload?: true;
  /** The arguments of the Terraform resource that are credentials. */
  readonly terraform: readonly ('url' | 'secret')[];
};

/** The JSON body of a test. Each value is a text, or an object of texts. */
export type TestBody = { readonly [name: string]: string | TestBody };

/** Cloudflare extracts the secret from the URL and returns the URL without it. */
export type SecretInUrl = {
  readonly secret: 'url';
  /** Whether a URL still has its secret part. */
  readonly isComplete: (url: URL) => boolean;
  /** The URL to call, from one without its secret part and the secret. */
  readonly joinSecret: (url: URL, secret: string) => URL;
  /** Whether Cloudflare may return `returned` where `sent` was saved. */
  readonly mayReturn: (returned: URL, sent: URL) => boolean;
};

/** Cloudflare returns the URL unchanged; the secret is a field of its own, and deliveries have it in a header. */
export type SecretInHeader = {
  readonly secret: 'required' | 'optional';
  readonly secretHeader: SecretHeader;
  /** The user invents the secret and gives it to the receiver. Otherwise the service issues it. */
  readonly isSecretInvented?: true;
};

/** `prefix` stands before the secret in the value. Neither has characters that a shell expands in double quotes. */
export type SecretHeader = { readonly name: string; readonly prefix: string };

/** A service that receives Cloudflare's alerts as a type that is not its own. */
export type KnownService = {
  readonly label: string;
  readonly matches: (url: URL) => boolean;
  /** The vendor's own description of the request that it expects. */
  readonly documentation: string;
  /**
   * `refused`: Cloudflare refuses the URL (developers.cloudflare.com, "Common errors"). `silent`: the service accepts
   * Cloudflare's body and shows nothing.
   */
  readonly support?: 'refused' | 'silent';
  /** The service reports the outcome in the body of every answer, where only `code` 0 is success. */
  readonly reports?: true;
  /** The service answers a request that it has carried out with a redirect to this host. */
  readonly answersFrom?: string;
};

/** What makes a delivery doubtful, or impossible (`refused`), although the URL matches a type. */
export type UrlProblem =
  | { readonly kind: 'port'; readonly port: string; readonly allowed: readonly string[] }
  /** This port needs https. */
  | { readonly kind: 'plainPort'; readonly port: string }
  | { readonly kind: 'privateHost' }
  /** The query has a key or token, which belongs into the secret. */
  | { readonly kind: 'keyInQuery'; readonly parameter: string }
  | { readonly kind: 'refused' | 'silent'; readonly service: string; readonly documentation: string };

/** The beginning of the text of every test. */
export const TEST_SENDER = 'Test from Cloudflare Webhook Destinations in VS Code.';

/** The text of a test. Types whose tests raise an alert have a text of their own. */
export const TEST_TEXT = `${TEST_SENDER} No alert was raised.`;
