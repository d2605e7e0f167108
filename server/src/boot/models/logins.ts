// Logging in to providers: which have a login, the logins under way, and taking one away. A login is the provider's own
// affair and stands among its own values; here it is begun, waited for, tried, and made known to whoever chooses models.
import {
  type Clock,
  Fault,
  type FaultData,
  type LoginDone,
  loginKey,
  type Provider,
  type ProviderEntry,
  type Store,
  toFault,
} from "@homarus/sdk";
import type { LoginBegun, LoginState, ModelTrial, ProviderLogins } from "../../gateway/providers.ts";
import { extensionSpace } from "../../host/extensions/context.ts";
import type { Choosing } from "./choosing.ts";
import { type Keys, loginName } from "./keys.ts";
import type { Activate } from "./opened.ts";

export interface LoginParts {
  readonly choosing: Choosing;
  readonly keys: Keys;
  readonly activate: Activate;
  readonly store: Pick<Store, "values">;
  readonly clock: Clock;
  /** Fires at shutdown. */
  readonly signal: AbortSignal;
  readonly forgive: (provider: string) => Promise<void>;
  /** One tiny question by the login. */
  readonly tryLogin: (provider: string, signal: AbortSignal) => Promise<ModelTrial | undefined>;
  /** Lets go of what was opened by another login, or by none. */
  readonly reopen: (provider: string) => void;
}

interface UnderWay {
  readonly provider: string;
  readonly stop: AbortController;
  readonly begun: Promise<LoginBegun>;
  readonly ended: Promise<LoginState>;
  state: LoginState;
  /** Unix ms at which somebody last began or ended to wait for it. */
  seenAt: number;
  waiting: number;
}

/** A login that nobody waits for is given up; one that has ended is remembered for as long. */
const abandonedMs = 5 * 60_000;

export function createLogins(parts: LoginParts): ProviderLogins {
  const { choosing, clock, store } = parts;
  const known = new Map<string, UnderWay>();
  const isOpen = ({ state }: UnderWay): boolean => !state.done && state.fault === undefined;
  const of = (provider: string): UnderWay | undefined =>
    [...known.values()].find((one) => one.provider === provider && isOpen(one));
  const named = (loginId: string): UnderWay => {
    const found = known.get(loginId);
    if (found) return found;
    throw new Fault("invalid", "login.unknown", "There is no such login under way.", { hint: "Begin it again." });
  };
  return {
    async start(provider) {
      const entry = entryWith("login", provider, choosing);
      const running = of(provider);
      if (running) return await running.begun;
      const loginId = crypto.randomUUID();
      const login = begin(entry, loginId, parts);
      known.set(loginId, login);
      watch(login, parts).finally(() => known.delete(loginId));
      return await login.begun;
    },
    async wait(loginId, timeoutMs) {
      const login = named(loginId);
      if (!isOpen(login)) return login.state;
      const enough = new AbortController();
      login.waiting += 1;
      const late = clock.sleep(clock.now() + timeoutMs, enough.signal).catch(() => undefined);
      await Promise.race([login.ended, late]);
      enough.abort();
      login.waiting -= 1;
      login.seenAt = clock.now();
      return login.state;
    },
    async cancel(loginId) {
      const login = named(loginId);
      if (!isOpen(login)) return false;
      login.stop.abort();
      return (await login.ended).fault !== undefined;
    },
    async adopt(provider, text) {
      const entry = entryWith("login-file", provider, choosing);
      const opened = await open(entry, parts);
      if (!opened.adoptLogin) throw lacksIt(entry);
      return await arrived(entry, await opened.adoptLogin(text), parts, parts.signal);
    },
    async logout(provider) {
      const entry = entryWith(undefined, provider, choosing);
      of(provider)?.stop.abort();
      const had = choosing.loggedIn.delete(provider);
      await store.values(extensionSpace(entry)).remove(loginKey);
      parts.reopen(provider);
      return had;
    },
  };
}

/** What the providers keep says who is logged in; their code is not loaded for it. */
export async function recallLogins(
  choosing: Choosing,
  stored: (space: string, key: string) => Promise<unknown>,
): Promise<void> {
  const able = choosing.ordered().filter(({ capabilities }) => isAble(capabilities));
  for (const entry of able) {
    const login = await stored(extensionSpace(entry), loginKey);
    if (login !== undefined) choosing.loggedIn.set(entry.id, accountIn(login));
  }
}

function isAble(capabilities: ProviderEntry["capabilities"]): boolean {
  return capabilities.includes("login") || capabilities.includes("login-file");
}

function accountIn(login: unknown): string | undefined {
  const { account } = (login ?? {}) as { account?: unknown };
  return typeof account === "string" ? account : undefined;
}

function entryWith(ability: "login" | "login-file" | undefined, id: string, choosing: Choosing): ProviderEntry {
  const entry = choosing.find(id);
  if (!entry) throw new Fault("invalid", "model.provider", `There is no provider ${id}.`);
  if (ability === undefined ? !isAble(entry.capabilities) : !entry.capabilities.includes(ability)) throw lacksIt(entry);
  return entry;
}

function lacksIt({ id, title, secrets }: ProviderEntry): Fault {
  const [field = "apiKey"] = secrets;
  return new Fault("invalid", "login.none", `${title} has no such login.`, {
    hint: `Give it a key: \`homarus models login ${id}\`, or providers.${id}.${field} in the config.`,
  });
}

/** An instance of its own: what answers meanwhile goes on as it is. */
async function open(entry: ProviderEntry, { activate, keys }: LoginParts): Promise<Provider> {
  return await activate<Provider>(entry, keys.configFor(entry.id, loginName));
}

function begin(entry: ProviderEntry, loginId: string, parts: LoginParts): UnderWay {
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal]);
  const first = Promise.withResolvers<LoginBegun>();
  const settle = (state: LoginState): LoginState => Object.assign(login, { state }).state;
  const ended = follow(entry, { loginId, first, signal }, parts).then(settle, (thrown: unknown) => {
    first.reject(thrown);
    return settle({ done: false, fault: faultOf(thrown, signal) });
  });
  const login: UnderWay = {
    ...{ provider: entry.id, stop, begun: first.promise, ended },
    ...{ state: { done: false }, seenAt: parts.clock.now(), waiting: 0 },
  };
  return login;
}

interface Following {
  readonly loginId: string;
  readonly first: PromiseWithResolvers<LoginBegun>;
  readonly signal: AbortSignal;
}

async function follow(
  entry: ProviderEntry,
  { loginId, first, signal }: Following,
  parts: LoginParts,
): Promise<LoginState> {
  const provider = await open(entry, parts);
  if (!provider.login) throw lacksIt(entry);
  for await (const step of provider.login(signal)) {
    if (step.type === "done") {
      // A login without a page to open: there is nothing to do but to ask how it ended.
      first.resolve({ loginId, url: "" });
      return await arrived(entry, step, parts, signal);
    }
    const { type: _, ...told } = step;
    first.resolve({ loginId, ...told });
  }
  throw new Fault("bug", "login.endless", `The login of ${entry.title} ended without a word.`);
}

/** It is stored: what was held against the provider is forgotten, and it is opened anew and tried. */
async function arrived(
  entry: ProviderEntry,
  { account }: LoginDone,
  parts: LoginParts,
  signal: AbortSignal,
): Promise<LoginState> {
  parts.choosing.loggedIn.set(entry.id, account);
  parts.reopen(entry.id);
  await parts.forgive(entry.id);
  const trial = await parts.tryLogin(entry.id, signal);
  return { done: true, ...(account === undefined ? {} : { account }), ...(trial ? { trial } : {}) };
}

function faultOf(thrown: unknown, signal: AbortSignal): FaultData {
  if (signal.aborted) return new Fault("aborted", "login.stopped", "The login was stopped.").toJSON();
  return toFault(thrown, "login.failed").toJSON();
}

/** Ends a login that nobody waits for, and resolves when an ended one need not be remembered. */
async function watch(login: UnderWay, { clock, signal }: LoginParts): Promise<void> {
  let isEnded = false;
  login.ended.then(() => {
    isEnded = true;
  });
  try {
    while (!isEnded) {
      const left = login.waiting > 0 ? abandonedMs : login.seenAt + abandonedMs - clock.now();
      if (left <= 0) login.stop.abort();
      const over = new AbortController();
      const late = clock.sleep(clock.now() + Math.max(left, 1_000), AbortSignal.any([signal, over.signal]));
      await Promise.race([login.ended, late]).finally(() => over.abort());
    }
    await clock.sleep(clock.now() + abandonedMs, signal);
  } catch {
    // The house shuts down, and the login has ended with it.
  }
}
