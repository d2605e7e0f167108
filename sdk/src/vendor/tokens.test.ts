import { describe, expect, test } from "bun:test";
import { Fault } from "../errors.ts";
import { createFakeClock } from "../testing/clock.ts";
import { createTokens, fetchWithToken, type Token } from "./tokens.ts";

const minute = 60_000;
const never = new AbortController().signal;

/** Gives t1, t2 and so on, each for half an hour; what is asked for is answered when the test says so. */
function open() {
  const clock = createFakeClock();
  const asked: { refused: string | undefined; answer: PromiseWithResolvers<Token> }[] = [];
  const tokens = createTokens({
    now: () => clock.now(),
    obtain(refused: Token | undefined) {
      const answer = Promise.withResolvers<Token>();
      asked.push({ refused: refused?.secret, answer });
      return answer.promise;
    },
  });
  const give = async (index: number) => {
    const now = clock.now();
    const secret = `token-number-${index + 1}`;
    asked[index]?.answer.resolve({ secret, renewAt: now + 25 * minute, expiresAt: now + 30 * minute });
    await asked[index]?.answer.promise;
  };
  return { clock, asked, tokens, give };
}

const secretOf = async (token: Promise<Token>) => (await token).secret;

describe("tokens that run out", () => {
  test("many who wait at once wait for one, and a new one is got when it is time", async () => {
    const { clock, asked, tokens, give } = open();
    const all = Array.from({ length: 20 }, () => secretOf(tokens.current(never)));
    await give(0);
    expect(new Set(await Promise.all(all))).toEqual(new Set(["token-number-1"]));
    await clock.advance(24 * minute);
    expect(await secretOf(tokens.current(never))).toBe("token-number-1");
    await clock.advance(2 * minute);
    const later = secretOf(tokens.current(never));
    await give(1);
    expect(await later).toBe("token-number-2");
    expect(asked).toHaveLength(2);
  });

  test("who stops waiting stops alone: what was asked for goes on, and serves the next", async () => {
    const { asked, tokens, give } = open();
    const impatient = new AbortController();
    const first = tokens.current(impatient.signal).catch((fault) => fault.code);
    impatient.abort();
    expect(await first).toBe("provider.aborted");
    const second = secretOf(tokens.current(never));
    await give(0);
    expect(await second).toBe("token-number-1");
    expect(asked).toHaveLength(1);
  });

  test("a token that could not be renewed in time is used while it is good, and no longer", async () => {
    const { clock, asked, tokens, give } = open();
    const first = tokens.current(never);
    await give(0);
    await first;
    await clock.advance(26 * minute);
    const out = new Fault("unavailable", "provider.unavailable", "It is out.");
    const early = secretOf(tokens.current(never));
    asked[1]?.answer.reject(out);
    expect(await early).toBe("token-number-1");
    await clock.advance(5 * minute);
    const late = tokens.current(never).catch((fault) => fault.code);
    asked[2]?.answer.reject(out);
    expect(await late).toBe("provider.unavailable");
  });

  test("a renewal that was refused for good is told at once", async () => {
    const { clock, asked, tokens, give } = open();
    const first = tokens.current(never);
    await give(0);
    await first;
    await clock.advance(26 * minute);
    const told = tokens.current(never).catch((fault) => fault.code);
    asked[1]?.answer.reject(new Fault("auth", "provider.login", "Log in again."));
    expect(await told).toBe("provider.login");
  });

  test("twenty calls whose token was refused get one other between them", async () => {
    const { asked, tokens, give } = open();
    const first = tokens.current(never);
    await give(0);
    const refused = await first;
    const others = Array.from({ length: 20 }, () => secretOf(tokens.renewed(refused, never)));
    await give(1);
    expect(new Set(await Promise.all(others))).toEqual(new Set(["token-number-2"]));
    expect(await secretOf(tokens.renewed(refused, never))).toBe("token-number-2");
    expect(asked.map((one) => one.refused)).toEqual([undefined, "token-number-1"]);
  });

  test("a refused call is sent once more, and a refusal keeps no trace of the token", async () => {
    let number = 0;
    const tokens = createTokens({
      now: () => 0,
      obtain: async () => ({ secret: `token-number-${++number}`, renewAt: 1, expiresAt: 2 }),
    });
    const sent: string[] = [];
    const fetch = fetchWithToken(tokens, async ({ secret }) => {
      sent.push(secret);
      return new Response(`I do not know ${secret}`, { status: 401 });
    });
    const response = await fetch("http://127.0.0.1/");
    expect([response.status, await response.text()]).toEqual([401, "I do not know ***"]);
    expect(sent).toEqual(["token-number-1", "token-number-2"]);
  });
});
