import { describe, expect, test } from "bun:test";
import { checkSecret, sameSecret, secretRefusal } from "./secret.ts";

const afar = { isLocal: false };
const here = { isLocal: true };

describe("the secret", () => {
  test("[G08] is compared by digests of one length, so that length and first difference do not show", () => {
    // The comparison below refuses inputs of different lengths: it could not be reached with the raw texts.
    expect(sameSecret("a", "a much longer secret")).toBe(false);
    expect(sameSecret("", "x")).toBe(false);
    expect(sameSecret("Xecret", "secret")).toBe(false);
    expect(sameSecret("secreX", "secret")).toBe(false);
    expect(sameSecret("sécret", "sécret")).toBe(true);
  });

  test("belongs to its mode: a password is no token", () => {
    const token = { mode: "token", token: "s" } as const;
    expect(checkSecret(token, { token: "s" }, afar)).toBe("ok");
    expect(checkSecret(token, { password: "s" }, afar)).toBe("missing");
    expect(checkSecret(token, { token: "S" }, afar)).toBe("wrong");
    expect(checkSecret({ mode: "password", password: "s" }, { password: "s" }, afar)).toBe("ok");
    expect(checkSecret({ mode: "none" }, {}, afar)).toBe("ok");
  });

  test("behind a proxy that knows its users the token counts on this machine only, and a user needs none", () => {
    const auth = { mode: "trusted-proxy", token: "s", userHeader: "x", requiredHeaders: [], allowUsers: [] } as const;
    const user = { by: "trusted-proxy", login: "ada" } as const;
    expect(checkSecret(auth, {}, { ...afar, user })).toBe("ok");
    expect(checkSecret(auth, { token: "s" }, here)).toBe("ok");
    expect(checkSecret(auth, { token: "S" }, here)).toBe("wrong");
    expect(checkSecret(auth, { token: "s" }, afar)).toBe("missing");
    const { message } = secretRefusal(auth, "missing", { isPersonal: true, ...afar });
    expect(message).toBe("unauthorized: no user named by a trusted proxy (open the gateway through its proxy)");
  });
});
