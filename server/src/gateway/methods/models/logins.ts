// Logging in to a provider at the vendor's own page, and out again. No token passes here on its way out.
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

/** Clients ask again: an answer that takes longer is lost to proxies between. */
const usualWaitMs = 25_000;
const longestWaitMs = 55_000;

const start = ({ provider }: ParamsOf<typeof params.loginStart>, { door }: Call) =>
  door.house.providers.login.start(provider);

const wait = ({ loginId, timeoutMs = usualWaitMs }: ParamsOf<typeof params.loginWait>, { door }: Call) =>
  door.house.providers.login.wait(loginId, Math.min(timeoutMs, longestWaitMs));

const cancel = async ({ loginId }: ParamsOf<typeof params.loginCancel>, { door }: Call) => ({
  cancelled: await door.house.providers.login.cancel(loginId),
});

const adopt = ({ provider, text }: ParamsOf<typeof params.loginAdopt>, { door }: Call) =>
  door.house.providers.login.adopt(provider, text);

const logout = async ({ provider }: ParamsOf<typeof params.logout>, { door }: Call) => ({
  provider,
  removed: await door.house.providers.login.logout(provider),
});

export const loginHandlers: Group["handlers"] = {
  ...{ "models.login.start": start, "models.login.wait": wait, "models.login.cancel": cancel },
  ...{ "models.login.adopt": adopt, "models.logout": logout },
};
