// The login by a code that the owner types at GitHub (RFC 8628), as the editors' plugins do it. Sources: docs.github.com,
// "Authorizing OAuth apps", "Device flow" (2026-11).
import {
  Fault,
  faultReader,
  type Json,
  type LoginStep,
  loginKey,
  type ProviderContext,
  refusing,
  toFault,
} from "@homarus/sdk";
import type { CopilotConfig, CopilotTokens } from "./session.ts";

/** Public, of the plugins for editors: Copilot's tokens are given to it alone. */
const clientId = "Iv1.b507a08c87ecfe98";
const answerMs = 20_000;
/** By RFC 8628, section 3.5: so much longer after each `slow_down`. */
const slowerMs = 5_000;
/** Where GitHub does not say them: how long a code is good, and how long to wait between two questions. */
const usualSeconds = { life: 900, pause: 5 };

interface Device {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly interval: number;
}

interface Polled {
  readonly access_token?: string;
  readonly error?: string;
  /** Seconds, with `slow_down`. */
  readonly interval?: number;
}

type Context = ProviderContext<CopilotConfig>;

export async function* loginByDevice(
  context: Context,
  tokens: CopilotTokens,
  signal: AbortSignal,
): AsyncGenerator<LoginStep> {
  const { clock, store } = context;
  const device = await begun(context, signal);
  const expiresAt = clock.now() + device.expires_in * 1000;
  yield { type: "open", url: device.verification_uri, code: device.user_code, expiresAt };
  const token = await granted(context, { device, expiresAt }, signal);
  // An account without a plan is told so before anything is kept of it.
  await tokens.obtain(token);
  const account = await accountOf(context, token, signal);
  signal.throwIfAborted();
  await store.set(loginKey, { token, ...(account === undefined ? {} : { account }) });
  yield { type: "done", ...(account === undefined ? {} : { account }) };
}

async function begun(context: Context, signal: AbortSignal): Promise<Device> {
  const { config, clock, vendor } = context;
  try {
    const body = { client_id: clientId, scope: "read:user" };
    const device = (await post(context, `${config.githubUrl}/login/device/code`, body, signal)) as unknown as Device;
    if (!device.device_code || !device.user_code || !URL.canParse(device.verification_uri))
      throw new SyntaxError("no code in the JSON");
    return {
      ...device,
      expires_in: device.expires_in || usualSeconds.life,
      interval: device.interval || usualSeconds.pause,
    };
  } catch (thrown) {
    throw faultReader({ vendor, now: () => clock.now(), secrets: [] })(thrown, { signal });
  }
}

interface Waiting {
  readonly device: Device;
  readonly expiresAt: number;
}

/** Asks until the owner has answered, no oftener than GitHub allows. */
async function granted(context: Context, { device, expiresAt }: Waiting, signal: AbortSignal): Promise<string> {
  const { clock } = context;
  let pauseMs = device.interval * 1000;
  for (;;) {
    await clock.sleep(clock.now() + pauseMs, signal);
    if (clock.now() >= expiresAt) throw ranOut();
    const polled = await poll(context, device, signal);
    if (polled.access_token) return polled.access_token;
    if (polled.error === "slow_down") pauseMs = Math.max(pauseMs + slowerMs, (polled.interval ?? 0) * 1000);
    else if (polled.error !== "authorization_pending") throw refused(polled.error ?? "it gave no reason");
  }
}

async function poll(context: Context, device: Device, signal: AbortSignal): Promise<Polled> {
  const body = {
    ...{ client_id: clientId, device_code: device.device_code },
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
  };
  try {
    return (await post(context, `${context.config.githubUrl}/login/oauth/access_token`, body, signal)) as Polled;
  } catch (thrown) {
    if (signal.aborted) throw toFault(thrown);
    // One lost answer ends no login: the code is good for a quarter of an hour.
    context.log.info("copilot.login-poll-failed", { code: toFault(thrown).code });
    return { error: "authorization_pending" };
  }
}

function ranOut(): Fault {
  return new Fault("auth", "provider.login-late", "The code was not typed in time.", { hint: "Begin again." });
}

function refused(word: string): Fault {
  if (word === "expired_token") return ranOut();
  const said = word === "access_denied" ? "The login was declined at GitHub." : `GitHub refused the login: ${word}.`;
  return new Fault("auth", "provider.login-refused", said, { hint: "Begin again." });
}

/** A convenience: a login without a name is one all the same. */
async function accountOf(context: Context, token: string, signal: AbortSignal): Promise<string | undefined> {
  const { config, fetch, log } = context;
  try {
    const headers = { accept: "application/json", authorization: `token ${token}` };
    const response = await fetch(`${config.apiUrl}/user`, { headers, signal: within(signal) });
    const { login } = (response.ok ? await response.json() : {}) as { login?: unknown };
    return typeof login === "string" ? login : undefined;
  } catch (thrown) {
    log.info("copilot.account-unknown", { code: toFault(thrown).code });
    return undefined;
  }
}

async function post(
  { fetch, vendor }: Context,
  url: string,
  body: Json,
  signal: AbortSignal,
): Promise<Readonly<Record<string, Json>>> {
  const headers = { ...vendor.habits.headers, accept: "application/json", "content-type": "application/json" };
  // GitHub says `authorization_pending` with a 200, as no other refusal is said.
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), signal: within(signal) });
  const whole = response.ok ? response : await refusing(async () => response)(url);
  return (await whole.json()) as Readonly<Record<string, Json>>;
}

function within(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
}
