import { describe, expect, test } from "bun:test";
import { faultOf, type GatewayClientOptions, type HelloOk } from "@homarus/sdk/client";
import { GatewayConnection } from "./connection.ts";
import { keepSecret, readSecret } from "./secret.ts";
import { faultIn, troubleOf } from "./trouble.ts";

const hello = { type: "hello-ok", snapshot: {} } as unknown as HelloOk;
const refused = (message: string) => faultOf({ code: "INVALID_REQUEST", message });

function scene() {
  const drawer = () => {
    const kept = new Map<string, string>();
    return {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    };
  };
  const places = { tab: drawer(), browser: drawer() };
  const clients: GatewayClientOptions[] = [];
  let closed = 0;
  const connection = new GatewayConnection({
    ...{ url: "ws://127.0.0.1:1/", version: "1", places },
    open(options) {
      clients.push(options);
      options.onState?.("connecting", undefined);
      return {
        request: async <T>() => undefined as T,
        ready: async () => hello,
        state: "connecting",
        close() {
          closed += 1;
        },
      };
    },
  });
  const opens: boolean[] = [];
  connection.onOpen((isOpen) => opens.push(isOpen));
  const client = () => clients.at(-1) as GatewayClientOptions;
  return { connection, places, clients, client, opens, closed: () => closed };
}

describe("the connection", () => {
  test("asks without a secret first, and then for one without calling it wrong", () => {
    const { connection, client } = scene();
    connection.start();
    expect(client().login.token).toBeUndefined();
    client().onState?.("closed", refused("unauthorized: gateway token missing (enter it)"));
    expect(connection.view()).toMatchObject({ phase: "signed-out", trouble: undefined });
  });

  test("keeps a secret when it was right, and forgets it when it was wrong", () => {
    const { connection, client, places } = scene();
    connection.signIn({ secret: "right", isLasting: true });
    expect(readSecret(places)).toBeUndefined();
    client().onHello?.(hello);
    expect(readSecret(places)).toEqual({ secret: "right", isLasting: true });
    connection.remember(false);
    expect(readSecret(places)).toEqual({ secret: "right", isLasting: false });
    client().onState?.("closed", refused("unauthorized: gateway token mismatch (enter it)"));
    expect(readSecret(places)).toBeUndefined();
    expect(connection.view().trouble?.title).toBe("That token is not the right one.");
  });

  test("keeps the secret when something else was refused", () => {
    const { connection, client, places } = scene();
    keepSecret(places, { secret: "right", isLasting: false });
    connection.start();
    client().onState?.("closed", refused("unauthorized: too many failed authentication attempts (retry later)"));
    expect(readSecret(places)?.secret).toBe("right");
    expect(connection.view().trouble?.title).toBe("There were too many wrong tries.");
  });

  test("tells of each hello and each drop, and stays in view of what it was while it tries", () => {
    const { connection, client, opens } = scene();
    connection.start();
    client().onHello?.(hello);
    client().onState?.("waiting", Object.assign(faultOf(undefined), { code: "gateway.disconnected" }));
    client().onState?.("connecting", undefined);
    expect(connection.view()).toMatchObject({ phase: "waiting", hello });
    expect(connection.view().trouble?.title).toBe("The gateway cannot be reached.");
    client().onHello?.(hello);
    expect(opens).toEqual([true, false, true]);
    expect(connection.view()).toMatchObject({ phase: "open", trouble: undefined });
  });

  test("treats missed events as a drop", () => {
    const { connection, client, opens } = scene();
    connection.start();
    client().onHello?.(hello);
    client().onGap?.(3, 9);
    expect(opens).toEqual([true, false, true]);
  });

  test("does not listen to a client it has left", () => {
    const { connection, clients, opens, closed } = scene();
    connection.start();
    connection.retry();
    clients[0]?.onHello?.(hello);
    clients[0]?.onState?.("closed", refused("unauthorized: gateway token mismatch"));
    expect(connection.view().phase).toBe("connecting");
    expect(opens).toEqual([]);
    expect(closed()).toBe(1);
  });

  test("signing out forgets the secret and hangs up", () => {
    const { connection, client, places, closed } = scene();
    connection.signIn({ secret: "right", isLasting: true });
    client().onHello?.(hello);
    connection.signOut();
    expect(readSecret(places)).toBeUndefined();
    expect(connection.view()).toMatchObject({ phase: "signed-out", hello: undefined });
    expect(closed()).toBe(1);
  });
});

describe("trouble in plain words", () => {
  test.each([
    ["unauthorized: gateway password mismatch (x)", "That password is not the right one."],
    ["pairing required", "The gateway does not let this browser in from another machine."],
    ["origin not allowed (x)", "The page was opened from an address that the gateway does not trust."],
    ["protocol mismatch", "This page and the gateway are not of the same version."],
    ["session not found", "Session not found."],
  ])("%s", (message, title) => {
    const trouble = troubleOf(refused(message));
    expect(trouble.title).toBe(title);
    expect(trouble.next).toMatch(/^[A-Z].*\.$/);
  });

  test("whatever else was thrown is a fault of the page", () => {
    expect(troubleOf(faultIn(new TypeError("x is not a function")))).toEqual({
      title: "TypeError: x is not a function.",
      next: "Reload the page.",
    });
  });
});
