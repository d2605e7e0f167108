// The house as other machines reach it: TLS with a certificate that clients know, Tailscale's command line, passwords,
// and the log that is left on disk.
import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGatewayClient } from "@homarus/sdk/client";
import { makeSelfSigned } from "../../server/src/host/tls/make.ts";
import { type HouseProcess, makeStateFolder, runCommand, type StateFolder, startHouse } from "./fakes/house-process.ts";

const quiet = { providers: { offline: { paceMs: 0 } }, log: { level: "error" } };
const tls = { gateway: { tls: { enabled: true } } };

interface Announced {
  readonly port: number;
  readonly tls?: { readonly fingerprint: string };
  readonly tailscale?: { readonly mode: string; readonly url?: string; readonly problem?: string };
}

const announced = (state: StateFolder): Announced =>
  JSON.parse(readFileSync(join(state.folder, "gateway.json"), "utf8"));
const certificateOf = (state: StateFolder): string => readFileSync(join(state.folder, "tls", "gateway.pem"), "utf8");
const homarus = (state: StateFolder, ...args: string[]) => runCommand(state, args);

function newPair(): { cert: string; key: string } {
  const pem = makeSelfSigned({ names: ["home.example"], now: Date.now() });
  const begin = pem.indexOf("-----BEGIN PRIVATE KEY");
  return { cert: pem.slice(0, begin), key: pem.slice(begin) };
}

describe("[G31] TLS", () => {
  test("the first start makes a certificate, and the command line, the page and clients come in over it", async () => {
    using state = makeStateFolder({ ...quiet, ...tls });
    const house = await startHouse(state);
    const { fingerprint } = announced(state).tls ?? {};
    expect(fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(house.output()).toContain(`"fingerprint":"${fingerprint}"`);
    expect(house.output()).toContain(`"chat":"https://127.0.0.1:${house.port}/chat#token=`);
    expect(statSync(join(state.folder, "tls", "gateway.pem")).mode & 0o777).toBe(0o600);
    const status = await homarus(state, "status");
    expect(status).toMatchObject({ code: 0, error: "" });
    expect(status.out).toContain(`TLS:      certificate SHA-256 ${fingerprint}`);
    expect((await homarus(state, "agent", "what time is it", "--port", String(house.port))).code).toBe(0);
    const ca = certificateOf(state);
    const page = await fetch(`https://127.0.0.1:${house.port}/chat`, { tls: { ca } });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const client = openGatewayClient({
      url: `wss://localhost:${house.port}/`,
      open: (url) => new WebSocket(url, { tls: { ca } } as unknown as string[]),
      login: { client: { id: "test", version: "1", platform: "x", mode: "test" }, token: house.token },
    });
    expect((await client.ready()).type).toBe("hello-ok");
    client.close();
    await house.stop();
    expect((await homarus(state, "doctor")).out).toContain(`SHA-256 ${fingerprint}`);
    const again = await startHouse(state);
    expect(announced(state).tls?.fingerprint).toBe(fingerprint as string);
    await again.stop();
  });

  test("the command line refuses a gateway that shows another certificate than the announced one", async () => {
    using state = makeStateFolder({ ...quiet, ...tls });
    const house = await startHouse(state);
    const path = join(state.folder, "gateway.json");
    const forged = "AB:".repeat(32).slice(0, -1);
    writeFileSync(path, readFileSync(path, "utf8").replace(announced(state).tls?.fingerprint ?? "", forged));
    const status = await homarus(state, "status");
    expect(status.code).toBe(1);
    expect(status.error).toContain("shows another certificate");
    await house.stop();
  });

  test("changed certificate files are taken up without a restart, while open connections stay", async () => {
    using state = makeStateFolder({});
    const [first, second] = [newPair(), newPair()];
    const write = ({ cert, key }: { cert: string; key: string }) => {
      writeFileSync(join(state.folder, "own.key"), key, { mode: 0o600 });
      writeFileSync(join(state.folder, "own.crt"), cert);
    };
    write(first);
    const files = { enabled: true, certFile: "own.crt", keyFile: join(state.folder, "own.key") };
    writeFileSync(join(state.folder, "homarus.json"), JSON.stringify({ ...quiet, gateway: { tls: files } }));
    const house = await startHouse(state);
    const before = announced(state).tls?.fingerprint;
    const states: string[] = [];
    const client = openGatewayClient({
      url: `wss://127.0.0.1:${house.port}/`,
      open: (url) => new WebSocket(url, { tls: { rejectUnauthorized: false } } as unknown as string[]),
      login: { client: { id: "test", version: "1", platform: "x", mode: "test" }, token: house.token },
      onState: (now) => states.push(now),
    });
    await client.ready();
    write(second);
    while (announced(state).tls?.fingerprint === before) await Bun.sleep(20);
    expect((await homarus(state, "status")).code).toBe(0);
    expect(await client.request("health")).toMatchObject({ ok: true });
    expect(states).toEqual(["connecting", "open"]);
    client.close();
    await house.stop();
  });

  test.each([
    ["a certificate that is not there", { certFile: "none.crt", keyFile: "none.key" }, "does not exist"],
    ["a certificate without its key", { certFile: "none.crt" }, "gateway.tls.keyFile is not set"],
    ["no certificate, and none wanted", { autoGenerate: false }, "gateway.tls.certFile is not set"],
  ])("with %s it does not start, and says what to do", async (_, settings, words) => {
    using state = makeStateFolder({ gateway: { tls: { enabled: true, ...settings } } });
    const started = await homarus(state, "gateway", "--port", "0");
    expect(started.code).toBe(1);
    expect(started.error).toContain(words);
    expect(existsSync(join(state.folder, "gateway.json"))).toBe(false);
  });
});

describe("[G34] Tailscale", () => {
  const login = { mode: "password", password: "a password of some length" };

  /** A `tailscale` that answers as a connected machine does, and writes down how it was called. */
  function fakeTailscale(state: StateFolder, status: string) {
    const bin = join(state.folder, "bin");
    const calls = join(bin, "calls");
    mkdirSync(bin);
    const script = `#!/bin/sh\necho "$*" >> ${calls}\nif [ "$1" = status ]; then echo '${status}'; fi\n`;
    writeFileSync(join(bin, "tailscale"), script);
    chmodSync(join(bin, "tailscale"), 0o755);
    return {
      environment: { PATH: `${bin}:${process.env.PATH}` },
      calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : []),
    };
  }

  const connected = JSON.stringify({ BackendState: "Running", Self: { DNSName: "box.tail1234.ts.net." } });

  async function helloFrom(house: HouseProcess, address: string, auth: object): Promise<string> {
    const headers = { "x-forwarded-for": address, "tailscale-funnel-request": "?1" };
    const socket = new WebSocket(`ws://127.0.0.1:${house.port}`, { headers } as unknown as string[]);
    const { promise, resolve } = Promise.withResolvers<string>();
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data));
      const client = { id: "test", version: "1", platform: "x", mode: "test" };
      const params = { minProtocol: 3, maxProtocol: 3, client, role: "operator", auth };
      if (frame.event) socket.send(JSON.stringify({ type: "req", id: "1", method: "connect", params }));
      else resolve(frame.ok ? frame.payload.type : frame.error.message);
    };
    const answer = await promise;
    socket.close();
    return answer;
  }

  test("[L27] funnel asks for the password, which gets in over a real socket; guessing locks the guesser alone", async () => {
    using state = makeStateFolder({
      ...quiet,
      gateway: { auth: login, tailscale: { mode: "funnel", resetOnExit: true } },
    });
    const fake = fakeTailscale(state, connected);
    const house = await startHouse(state, { environment: fake.environment });
    expect(announced(state).tailscale).toEqual({ mode: "funnel", url: "https://box.tail1234.ts.net" });
    expect((await homarus(state, "status")).out).toContain("Tailscale: https://box.tail1234.ts.net (funnel)");
    const stranger = "198.51.100.1";
    expect(await helloFrom(house, stranger, {})).toStartWith("unauthorized: gateway password missing");
    expect(await helloFrom(house, stranger, { token: login.password })).toStartWith(
      "unauthorized: gateway password missing",
    );
    for (let guess = 0; guess < 10; guess++)
      expect(await helloFrom(house, stranger, { password: "guess" })).toStartWith(
        "unauthorized: gateway password mismatch",
      );
    expect(await helloFrom(house, stranger, { password: login.password })).toContain("too many failed");
    expect(await helloFrom(house, "203.0.113.9", { password: login.password })).toBe("hello-ok");
    expect(house.output()).not.toContain(login.password);
    await house.stop();
    expect(fake.calls()).toEqual([...["status --json", `funnel --bg --yes ${house.port}`, "funnel reset"]]);
  });

  test("funnel with the token, and a short password for the internet, are refused before anything is opened", async () => {
    for (const auth of [{ mode: "token" }, { mode: "password", password: "short" }]) {
      using state = makeStateFolder({ gateway: { auth, tailscale: { mode: "funnel" } } });
      const fake = fakeTailscale(state, connected);
      const started = await runCommand(state, ["gateway", "--port", "0"], fake.environment);
      expect(started.code).toBe(1);
      expect(started.error).toMatch(/needs the login `password`|too short/);
      expect(fake.calls()).toEqual([]);
    }
  });

  test("a machine that is not logged in is told in the start's words, in status and in doctor; the gateway runs", async () => {
    using state = makeStateFolder({ ...quiet, gateway: { tailscale: { mode: "serve" } } });
    const fake = fakeTailscale(state, '{"BackendState":"NeedsLogin"}');
    const house = await startHouse(state, { environment: fake.environment });
    const words = "Tailscale is not connected (NeedsLogin).";
    expect(house.output()).toContain(words);
    expect((await homarus(state, "status")).out).toContain(words);
    const doctor = await runCommand(state, ["doctor"], fake.environment);
    expect(doctor.out).toContain(words);
    expect(doctor.out).toContain("tailscale up");
    await house.stop();
  });
});

describe("the log on disk", () => {
  const files = (state: StateFolder) => join(state.folder, "logs", "homarus.log");

  test("has JSON lines for this user alone, without secrets, whatever the terminal shows", async () => {
    using state = makeStateFolder({ ...quiet, log: { level: "error", file: { level: "debug" } } });
    const house = await startHouse(state);
    await homarus(state, "agent", "hello", "--port", String(house.port));
    await fetch(`http://127.0.0.1:${house.port}/health?token=${house.token}`);
    await house.stop();
    const text = readFileSync(files(state), "utf8");
    const events = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).event);
    expect(events).toEqual(expect.arrayContaining(["gateway.open", "gateway.connected", "http.request"]));
    expect(text).not.toContain(house.token);
    expect(statSync(files(state)).mode & 0o777).toBe(0o600);
  });

  test("is not kept where the owner does not want it", async () => {
    using state = makeStateFolder({ ...quiet, log: { level: "error", file: { enabled: false } } });
    const house = await startHouse(state);
    await house.stop();
    expect(existsSync(files(state))).toBe(false);
  });
});
