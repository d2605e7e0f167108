// GitHub's token, which lasts, for Copilot's own, which lasts half an hour and says where the account's models are.
import {
  Fault,
  faultReader,
  firstWords,
  isRefusal,
  loginKey,
  type ProviderContext,
  refusing,
  type Token,
  vendorFacts,
  within,
} from "@homarus/sdk";

export interface CopilotConfig {
  /** A GitHub token in place of a login. */
  readonly apiKey?: string | undefined;
  readonly githubUrl: string;
  readonly apiUrl: string;
  readonly baseUrl: string;
}

export interface CopilotToken extends Token {
  /** Where the account's models are. */
  readonly url: string;
}

export interface CopilotTokens {
  /** By the given GitHub token, or by the owner's. Rejects `auth` where there is none or it is not taken. */
  obtain(github?: string): Promise<CopilotToken>;
}

/** The part of the answer that is read. Times are seconds. */
interface Exchanged {
  readonly token?: unknown;
  readonly expires_at?: number;
  readonly refresh_in?: number;
  readonly endpoints?: { readonly api?: string };
}

const exchangeMs = 20_000;
const marginMs = 60_000;

export function copilotTokens({ config, store, clock, fetch, vendor }: ProviderContext<CopilotConfig>): CopilotTokens {
  const ask = refusing(fetch);
  const githubToken = async (): Promise<string> => {
    if (config.apiKey) return config.apiKey;
    const login = (await store.get(loginKey)) as { token?: string } | undefined;
    if (login?.token) return login.token;
    throw new Fault("auth", "provider.login", `${vendor.title} is not logged in.`, { hint: howToLogIn });
  };
  return {
    async obtain(given) {
      const github = given ?? (await githubToken());
      const signal = AbortSignal.timeout(exchangeMs);
      const headers = { ...vendor.habits.headers, accept: "application/json", authorization: `token ${github}` };
      try {
        const response = await ask(`${config.apiUrl}/copilot_internal/v2/token`, { headers, signal });
        return tokenOf((await response.json()) as Exchanged, { now: clock.now(), usual: config.baseUrl });
      } catch (thrown) {
        const refusal = refusedBy(thrown);
        if (refusal) throw refusal;
        const fault = faultReader({ vendor, now: () => clock.now(), secrets: [github] });
        throw fault(thrown, { signal: new AbortController().signal });
      }
    },
  };
}

export const howToLogIn = "Log in with `homarus models login copilot`.";

/** 401: the token is none any more; 403 and 404: the account has no Copilot. Neither is a key that one could set. */
function refusedBy(thrown: unknown): Fault | undefined {
  const status = within(thrown, isRefusal)?.status;
  if (status === 401)
    return new Fault("auth", "provider.login", "GitHub no longer takes the login of GitHub Copilot.", {
      hint: howToLogIn,
    });
  if (status !== 403 && status !== 404) return undefined;
  const said = firstWords(vendorFacts(thrown).text, 300);
  return new Fault("auth", "provider.no-plan", `GitHub gives this account no Copilot: ${said}`, {
    hint: "See github.com/settings/copilot, or log in with another account.",
  });
}

/** Its life is measured by this machine's clock, whatever time it is at GitHub. */
function tokenOf(said: Exchanged, { now, usual }: { readonly now: number; readonly usual: string }): CopilotToken {
  if (typeof said.token !== "string" || said.token === "") throw new SyntaxError("no token in the JSON");
  const left = said.expires_at === undefined ? 1_800_000 : said.expires_at * 1000 - now;
  const renewIn = said.refresh_in === undefined ? left - marginMs : said.refresh_in * 1000;
  const renewAt = now + Math.max(marginMs, renewIn);
  const url = said.endpoints?.api?.replace(/\/+$/, "") ?? usual;
  return { secret: said.token, url, renewAt, expiresAt: renewAt + marginMs };
}
