import { expect, test } from "bun:test";
import { createFakeClock, silentLog } from "@homarus/sdk/testing";
import type { Leased } from "../../core/leases/book.ts";
import { createLeaseAnswers, wrongTokens } from "./answer.ts";

const good = "hl_good";

function open(leased: (name: string) => Leased | Promise<Leased> = () => ({ type: "value", value: "canary\n" })) {
  const clock = createFakeClock(1_800_000_000_000);
  const asked: string[] = [];
  const use = async (token: string, name: string): Promise<Leased> => {
    asked.push(name);
    return token === good ? leased(name) : { type: "unknown" };
  };
  const answer = createLeaseAnswers({ use, clock, log: silentLog });
  const get = (path: string, token: string | undefined = good, init: RequestInit = {}) =>
    answer(
      new Request(`http://secrets${path}`, {
        ...init,
        headers: token === "" ? {} : { authorization: `Bearer ${token}` },
      }),
    );
  return { clock, get, asked };
}

test("[L02] a value comes alone, and nobody keeps it on the way", async () => {
  const { get, asked } = open();
  for (const path of ["/v1/backup/postgres", "/v1/backup%2Fpostgres"]) {
    const answer = await get(path);
    expect([answer.status, await answer.text()]).toEqual([200, "canary\n"]);
    expect(answer.headers.get("cache-control")).toBe("no-store");
  }
  expect(asked).toEqual(["backup/postgres", "backup/postgres"]);
});

test.each([
  ["not-leased", 403, "homarus secrets lease"],
  ["missing", 404, "homarus secrets set a"],
  ["halted", 503, "homarus resume"],
  ["unknown", 401, "homarus secrets lease"],
] as const)("[L02] %s is %i, and says what to do", async (type, status, says) => {
  const { get } = open(() => ({ type }));
  const answer = await get("/v1/a");
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(says)]);
});

test("[L02] only GET of a secret's name is answered; nothing else reaches the leases", async () => {
  const { get, asked } = open();
  for (const method of ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"]) {
    const answer = await get("/v1/a", good, { method });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET"]);
  }
  for (const path of [
    "/",
    "/v1",
    "/v1/",
    "/v2/a",
    "/v1/a//b",
    "/v1/%zz",
    "/v1/a%20b",
    "/v1/.a",
    `/v1/${"a".repeat(200)}`,
  ])
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  expect(asked).toEqual([]);
});

test("[L02] no token and a wrong one are answered alike, and too many of them with when to come again", async () => {
  const { get, clock } = open();
  const texts = new Set<string>();
  for (let count = 0; count < wrongTokens.most; count += 1) {
    const answer = await get("/v1/a", count % 2 === 0 ? "" : `hl_wrong${count}`);
    expect(answer.status).toBe(401);
    texts.add(await answer.text());
  }
  expect(texts.size).toBe(1);
  await clock.advance(20_000);
  const flooded = await get("/v1/a", "hl_wrong");
  expect([flooded.status, flooded.headers.get("retry-after")]).toEqual([429, "40"]);
  // Whoever has a lease does not suffer from who has none.
  expect((await get("/v1/a")).status).toBe(200);
  await clock.advance(40_000);
  expect((await get("/v1/a", "hl_wrong")).status).toBe(401);
});

test("what breaks below is told without its words", async () => {
  const { get } = open(() => Promise.reject(new Error("canary in a path")));
  const answer = await get("/v1/a");
  expect([answer.status, await answer.text()]).toEqual([503, expect.not.stringContaining("canary")]);
});
