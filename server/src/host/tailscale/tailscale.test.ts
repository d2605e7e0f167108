import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFault } from "@homarus/sdk";
import { createFakeClock, silentLog } from "@homarus/sdk/testing";
import { createTailscale } from "./command.ts";
import { expose } from "./exposure.ts";
import { createWhois } from "./whois.ts";

const folder = mkdtempSync(join(tmpdir(), "homarus-tailscale-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const running = { BackendState: "Running", Self: { DNSName: "box.tail1234.ts.net." } };

/** A `tailscale` on a PATH of its own, which writes down how it was called and answers by its first words. */
function fakeTailscale(answers: Readonly<Record<string, string>>) {
  const own = mkdtempSync(join(folder, "bin-"));
  const calls = join(own, "calls");
  const cases = Object.entries(answers).map(([words, does]) => `"${words}"*) ${does} ;;`);
  const script = `#!/bin/sh\necho "$*" >> ${calls}\ncase "$*" in\n${cases.join("\n")}\n*) exit 0 ;;\nesac\n`;
  writeFileSync(join(own, "tailscale"), script);
  chmodSync(join(own, "tailscale"), 0o755);
  return {
    environment: { PATH: `${own}:/usr/bin:/bin` },
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : []),
  };
}

const says = (value: object): string => `echo '${JSON.stringify(value)}'`;

function logged() {
  const events: string[] = [];
  const log = {
    ...silentLog,
    info: (event: string) => void events.push(event),
    warn: (event: string) => void events.push(event),
  };
  return { log, events };
}

function give(environment: Record<string, string>, change: Partial<Parameters<typeof expose>[0]> = {}) {
  const { log, events } = logged();
  const parts = { mode: "serve", resetOnExit: false, port: 18789, hasTls: false, log } as const;
  return { events, opened: expose({ tailscale: createTailscale(environment), ...parts, ...change }) };
}

describe("[G34] giving the gateway out", () => {
  test("asks for the state, then for serve, and knows the https address; nothing is taken back unasked", async () => {
    const fake = fakeTailscale({ status: says(running) });
    const exposure = await give(fake.environment).opened;
    expect(exposure).toMatchObject({ mode: "serve", url: "https://box.tail1234.ts.net" });
    await exposure.end();
    expect(fake.calls()).toEqual(["status --json", "serve --bg --yes 18789"]);
  });

  test("by funnel, with a port that speaks TLS, and taken back at the end", async () => {
    const fake = fakeTailscale({ status: says(running) });
    const exposure = await give(fake.environment, { mode: "funnel", hasTls: true, resetOnExit: true }).opened;
    await exposure.end();
    expect(fake.calls().slice(1)).toEqual(["funnel --bg --yes https+insecure://127.0.0.1:18789", "funnel reset"]);
  });

  test.each([
    [
      "a machine that is not logged in",
      says({ BackendState: "NeedsLogin" }),
      "not connected (NeedsLogin)",
      "tailscale up",
    ],
    ["one that was stopped", says({ BackendState: "Stopped" }), "not connected (Stopped)", "tailscale up"],
    ["one without a name", says({ BackendState: "Running", Self: { DNSName: "" } }), "no name", "MagicDNS"],
    [
      "a daemon that is not there",
      "echo 'failed to connect to local tailscaled' >&2; exit 1",
      "local tailscaled",
      "by hand",
    ],
    ["an answer that is no JSON", "echo hello", "not the JSON", "Update Tailscale"],
  ])("%s is a warning with the next step, and no crash", async (_, does, problem, step) => {
    const { opened, events } = give(fakeTailscale({ status: does }).environment);
    const exposure = await opened;
    expect(exposure.url).toBeUndefined();
    expect(exposure.problem).toContain(problem);
    expect(exposure.problem).toContain(step);
    expect(events).toEqual(["tailscale.not-open"]);
    await exposure.end();
  });

  test("without Tailscale on the machine it says where to get it", async () => {
    const exposure = await give({ PATH: mkdtempSync(join(folder, "empty-")) }).opened;
    expect(exposure.problem).toContain("not installed");
    expect(exposure.problem).toContain("gateway.tailscale.mode");
  });

  test("what Tailscale says when it refuses is told", async () => {
    const refuses = "echo 'Serve is not enabled on your tailnet. Visit https://login.tailscale.com/f/serve'; exit 1";
    const fake = fakeTailscale({ status: says(running), serve: refuses });
    expect((await give(fake.environment).opened).problem).toContain("https://login.tailscale.com/f/serve");
  });

  test("an address that cannot be taken back is only told", async () => {
    const fake = fakeTailscale({ status: says(running), "serve reset": "exit 1" });
    const { opened, events } = give(fake.environment, { resetOnExit: true });
    await (await opened).end();
    expect(events).toEqual(["tailscale.open", "tailscale.not-reset"]);
  });
});

describe("whose an address is", () => {
  const ada = says({ UserProfile: { LoginName: "ada@example.com" } });

  test("Tailscale is asked with the address alone, whatever stands in it", async () => {
    const fake = fakeTailscale({ "whois --json 100.64.0.7": ada });
    expect(await createTailscale(fake.environment).whois("100.64.0.7")).toBe("ada@example.com");
    await createTailscale(fake.environment)
      .whois("100.64.0.7; touch /tmp/x")
      .catch((thrown: unknown) => expect(isFault(thrown)).toBe(true));
    expect(fake.calls()[1]).toBe("whois --json 100.64.0.7; touch /tmp/x");
  });

  test("is asked once a minute, and after five seconds where it was not known", async () => {
    const clock = createFakeClock(1_800_000_000_000);
    const asked: string[] = [];
    const answers = new Map([["100.64.0.7", "ada@example.com"]]);
    const tailscale = {
      async whois(address: string) {
        asked.push(address);
        return answers.get(address);
      },
    };
    const whois = createWhois({ tailscale, clock, log: silentLog });
    for (const wait of [0, 59_999, 1]) {
      await clock.advance(wait);
      expect(await whois("100.64.0.7")).toBe("ada@example.com");
    }
    expect(asked).toHaveLength(2);
    expect(await whois("100.64.0.8")).toBeUndefined();
    await clock.advance(4_999);
    await whois("100.64.0.8");
    expect(asked).toHaveLength(3);
    await clock.advance(1);
    await whois("100.64.0.8");
    expect(asked).toHaveLength(4);
  });

  test("connections that come together ask together, and where Tailscale fails nobody is known", async () => {
    let count = 0;
    const tailscale = { whois: () => Promise.reject(new Error(`down ${++count}`)) };
    const whois = createWhois({ tailscale, clock: createFakeClock(0), log: silentLog });
    expect(await Promise.all([whois("100.64.0.7"), whois("100.64.0.7")])).toEqual([undefined, undefined]);
    expect(count).toBe(1);
  });

  test("no more than eight questions are open at once, whoever asks", async () => {
    const gate = Promise.withResolvers<string>();
    let count = 0;
    const tailscale = {
      whois() {
        count += 1;
        return gate.promise;
      },
    };
    const whois = createWhois({ tailscale, clock: createFakeClock(0), log: silentLog });
    const asked = Array.from({ length: 20 }, (_, host) => whois(`100.64.0.${host}`));
    gate.resolve("ada");
    expect((await Promise.all(asked)).filter((login) => login === "ada")).toHaveLength(8);
    expect(count).toBe(8);
    expect(await whois("100.64.0.19")).toBe("ada");
  });
});
