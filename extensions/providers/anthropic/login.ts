// The login of the owner's own subscription, as Anthropic's program keeps it: taken over from its file, stored, and
// refreshed. Each refresh uses a token up and brings the next, so there is one at a time, and what it brings is stored
// before it is used.
import {
  Fault,
  faultReader,
  firstWords,
  isRefusal,
  type Json,
  loginKey,
  type ProviderContext,
  refusing,
  type Token,
  vendorFacts,
  within,
} from "@homarus/sdk";

export interface StoredLogin {
  readonly access: string;
  /** Absent: it cannot be refreshed, and holds until it ends. */
  readonly refresh?: string;
  /** Unix ms. */
  readonly expiresAt: number;
  readonly account?: string;
}

type Context = Pick<ProviderContext<{ readonly tokenUrl: string }>, "config" | "store" | "clock" | "fetch" | "vendor">;

/** Public, of the program whose login it is: a token is refreshed by the client it was given to. */
const clientId = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
const answerMs = 30_000;
const marginMs = 5 * 60_000;
/** Where the file does not say how long its token holds, it is taken for one that is about to end. */
const unknownLifeMs = marginMs;

/** Rejects `invalid` for a text that is no such file. */
export function readLoginFile(text: string, now: number): StoredLogin {
  const kept = objectIn(text)?.claudeAiOauth as Readonly<Record<string, unknown>> | undefined;
  const { accessToken: access, refreshToken: refresh, expiresAt, subscriptionType } = kept ?? {};
  if (typeof access !== "string" || access === "")
    throw new Fault("invalid", "login.file", "That file holds no login of a Claude subscription.", {
      hint: "It is the one that Claude Code keeps: ~/.claude/.credentials.json.",
    });
  return {
    access,
    ...(typeof refresh === "string" && refresh !== "" ? { refresh } : {}),
    expiresAt: typeof expiresAt === "number" ? expiresAt : now + unknownLifeMs,
    ...(typeof subscriptionType === "string" ? { account: `Claude ${subscriptionType}` } : {}),
  };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    // Its words are not told: a broken file may hold half a token.
    return undefined;
  }
}

export async function storeLogin(store: Context["store"], login: StoredLogin): Promise<void> {
  await store.set(loginKey, { ...login } as unknown as Json);
}

/** What is stored is read at each call: a login may come and go while the provider is open. */
export async function storedLogin(store: Context["store"]): Promise<StoredLogin | undefined> {
  return (await store.get(loginKey)) as unknown as StoredLogin | undefined;
}

/** A token of the stored login, refreshed where it is about to end or was refused. Rejects `auth` where there is none. */
export async function obtainToken(context: Context, refused: Token | undefined): Promise<Token> {
  const login = await storedLogin(context.store);
  if (!login) throw lost("Nobody is logged in to Claude.");
  const isGood = context.clock.now() < tokenOf(login).renewAt && login.access !== refused?.secret;
  if (isGood) return tokenOf(login);
  if (login.refresh === undefined) {
    if (login.access !== refused?.secret && context.clock.now() < login.expiresAt) return tokenOf(login);
    throw lost("The login of Claude has ended, and it came without what could renew it.");
  }
  return tokenOf(await refreshedOnce(login.refresh, context));
}

function tokenOf({ access, expiresAt }: StoredLogin): Token {
  return { secret: access, renewAt: expiresAt - marginMs, expiresAt };
}

/**
 * Refreshes of this process by the token they use up, whichever instance began them: by a second one the vendor would take
 * the login for stolen. One whose result could not be stored stays here with it, since nothing else holds the next token.
 */
const underWay = new Map<string, Promise<StoredLogin>>();
const unsaved = new Map<string, StoredLogin>();

function refreshedOnce(refresh: string, context: Context): Promise<StoredLogin> {
  const running = underWay.get(refresh);
  if (running) return running;
  const work = refreshed(refresh, context).finally(() => underWay.delete(refresh));
  underWay.set(refresh, work);
  return work;
}

async function refreshed(refresh: string, context: Context): Promise<StoredLogin> {
  const { store } = context;
  const before = await storedLogin(store);
  // Another refresh has ended between the caller's look and this one.
  if (before && before.refresh !== refresh) return before;
  const next = unsaved.get(refresh) ?? (await asked(refresh, context));
  unsaved.set(refresh, { ...(before?.account === undefined ? {} : { account: before.account }), ...next });
  const now = await storedLogin(store);
  if (now?.refresh !== refresh) {
    unsaved.delete(refresh);
    throw lost("The login of Claude was taken away.");
  }
  await storeLogin(store, unsaved.get(refresh) ?? next);
  unsaved.delete(refresh);
  return next;
}

interface Answered {
  readonly access_token?: unknown;
  readonly refresh_token?: unknown;
  /** Seconds. */
  readonly expires_in?: unknown;
}

async function asked(refresh: string, { config, fetch, clock, vendor }: Context): Promise<StoredLogin> {
  const body = JSON.stringify({ grant_type: "refresh_token", refresh_token: refresh, client_id: clientId });
  try {
    const response = await refusing(fetch)(config.tokenUrl, {
      ...{ method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body },
      signal: AbortSignal.timeout(answerMs),
    });
    const said = (await response.json()) as Answered;
    if (typeof said.access_token !== "string" || said.access_token === "")
      throw new SyntaxError("no token in the JSON");
    return {
      access: said.access_token,
      // By RFC 6749, section 6, the old one stays good where none comes.
      refresh: typeof said.refresh_token === "string" && said.refresh_token !== "" ? said.refresh_token : refresh,
      expiresAt: clock.now() + (typeof said.expires_in === "number" ? said.expires_in * 1000 : 3_600_000),
    };
  } catch (thrown) {
    const status = within(thrown, isRefusal)?.status;
    if (status === 400 || status === 401 || status === 403) {
      const said = firstWords(vendorFacts(thrown).text.replaceAll(refresh, "***"), 300);
      throw lost(`Anthropic no longer takes the login: ${said}`);
    }
    const fault = faultReader({ vendor, now: () => clock.now(), secrets: [refresh] });
    throw fault(thrown, { signal: new AbortController().signal });
  }
}

function lost(message: string): Fault {
  return new Fault("auth", "provider.login", message, {
    hint: "Log in again: `homarus models login anthropic --from ~/.claude/.credentials.json`, or set an API key.",
  });
}
