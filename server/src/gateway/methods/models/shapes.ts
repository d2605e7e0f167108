// Shapes of the methods about models. Source: releases 2026.2.17 and 2026.5.7, together; the others are our own.
import { anything, flag, list, name, oneOf, open, optional, record, strict, text, whole } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const modelsList = strict({ view: optional(oneOf("default", "configured", "all")) });
export const modelsTest = strict({ provider: optional(name), model: optional(name) });
export const modelsSet = strict({ model: name, agent: optional(name) });
/** `force` saves settings that the vendor refused. */
export const modelsConfigure = strict({
  provider: name,
  settings: record(anything),
  force: optional(flag),
  makeDefault: optional(flag),
});

export const loginStart = strict({ provider: name });
export const loginWait = strict({ loginId: name, timeoutMs: optional(whole(0)) });
export const loginCancel = strict({ loginId: name });
/** `text` is what stands in the file where the vendor's own program keeps its login. */
export const loginAdopt = strict({ provider: name, text: name });
export const logout = strict({ provider: name });

/** `text` is the list itself, for whoever has it in a file; `url` where to fetch it. Absent: the usual place. */
export const refresh = strict({ url: optional(name), text: optional(name), source: optional(name) });

const loginState = open({ done: flag, account: optional(name), trial: optional(open({})), fault: optional(open({})) });

const modelChoice = open({
  id: name,
  name,
  provider: name,
  contextWindow: optional(whole(1)),
  reasoning: optional(flag),
});

const trial = open({ provider: name, model: name, ok: flag, latencyMs: whole(0) });

export const shapes: Group["shapes"] = {
  "models.list": { params: modelsList, result: open({ models: list(modelChoice) }) },
  "models.authStatus": {
    params: undefined,
    result: open({ ts: whole(0), providers: list(open({ provider: name, status: name })) }),
  },
  "models.providers": {
    params: strict({}),
    result: open({ ts: whole(0), providers: list(open({ id: name, title: name, isReady: flag, health: open({}) })) }),
  },
  "models.test": { params: modelsTest, result: open({ trials: list(trial) }) },
  "models.refresh": {
    params: refresh,
    result: open({ models: whole(0), priced: whole(0), changed: whole(0), source: name, asOf: name }),
  },
  "models.set": { params: modelsSet, result: open({ model: name, chain: list(name) }) },
  "models.login.start": {
    params: loginStart,
    result: open({ loginId: name, url: text, code: optional(name), expiresAt: optional(whole(0)) }),
  },
  "models.login.wait": { params: loginWait, result: loginState },
  "models.login.cancel": { params: loginCancel, result: open({ cancelled: flag }) },
  "models.login.adopt": { params: loginAdopt, result: loginState },
  "models.logout": { params: logout, result: open({ provider: name, removed: flag }) },
  "models.configure": { params: modelsConfigure, result: open({ provider: name, saved: flag, trials: list(trial) }) },
};
