/** Everything that differs between the types of webhook destinations. Each type is one record in a file of its own. */
export type DestinationType = Basics & (SecretInUrl | SecretInHeader);

type Basics = {
  /** The name in the API. */
  readonly type: string;
  /** The name of the service, to show. */
  readonly label: string;
  /** What messages call the receiver: the service, or the host where users run the endpoint themselves. */
  readonly receiverName: 'label' | 'host';
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
  /** Warnings about a URL of this type. */
  readonly check?: (url: URL) => readonly UrlProblem[];
  /** The part of a URL by which it belongs to the service, but to a product that Cloudflare does not treat as this type. */
  readonly findOtherProduct?: (url: URL) => string | undefined;
  readonly test: {
    /** Sent as JSON. */
    readonly body: unknown;
    /** Beside `content-type` and the header with the secret. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Whether a test alerts the people on call. */
    readonly pagesPeople: boolean;
  };
  /** Whether an answer with a status of 200 to 299 means that the receiver accepted the request. */
  readonly accepts: (answer: Answer) => boolean;
  /** Why the receiver rejected the request, in its own words; empty where the answer has none. */
  readonly reasonOf: (answer: Answer) => string;
  /** The arguments of the Terraform resource that are credentials. */
  readonly terraform: readonly ('url' | 'secret')[];
};

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
};

/** `prefix` stands before the secret in the value. Neither has characters that a shell expands in double quotes. */
export type SecretHeader = { readonly name: string; readonly prefix: string };

/** What makes a delivery doubtful although the URL matches a type. */
export type UrlProblem = { readonly kind: 'port'; readonly port: string } | { readonly kind: 'privateHost' };

/** `json` is the parsed text, undefined where it is not JSON. */
export type Answer = { readonly text: string; readonly json: unknown };

/** The text of a test. Types whose tests raise an alert have a text of their own. */
export const TEST_TEXT = 'Test from Cloudflare Webhook Destinations in VS Code. No alert was raised.';
