// How a provider says that it failed: as its last event, of the right kind, in the vendor's words and without the key.
import type { FaultKind } from "../errors.ts";
import { faultKinds, isFault } from "../errors.ts";
import type { ProviderEvent } from "../ports/provider.ts";
import { type ProviderFaultCode, providerFault } from "../vendor/provider-faults.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import type { ProviderTrouble, ProviderWorld, VendorLevers } from "./provider.world.ts";
import { type Heard, listen } from "./provider-listen.ts";

type RemoteWorld = ProviderWorld & { readonly vendor: VendorLevers; readonly secret: string };

function remote(world: ProviderWorld): RemoteWorld {
  expectThat(
    world.vendor !== undefined && world.secret !== undefined,
    "a world with the capability remote has a vendor and a secret",
  );
  return world as RemoteWorld;
}

async function failing(world: RemoteWorld, set: () => void): Promise<Heard> {
  const { request } = world.play("text");
  set();
  const heard = await listen(world, request);
  expectThat(heard.fault !== undefined, "the stream ends in a fault");
  expectThat(!JSON.stringify(heard.events).includes(world.secret), "no event holds the key");
  return heard;
}

const expectedCodes: Readonly<Record<ProviderTrouble, ProviderFaultCode>> = {
  auth: "provider.auth",
  billing: "provider.quota",
  limited: "provider.limited",
  overloaded: "provider.overloaded",
  overflow: "provider.overflow",
  "server-error": "provider.unavailable",
  timeout: "provider.timeout",
  refused: "provider.refused",
  "not-found": "provider.not-found",
  thinking: "provider.thinking",
  "no-tools": "provider.no-tools",
  invalid: "provider.invalid",
};

const troubleCases = Object.entries(expectedCodes).map(
  ([trouble, code]): ContractCase<ProviderWorld> => ({
    name: `[T40] calls the vendor's "${trouble}" ${code}, and ${providerFault(code).kind}`,
    needs: `trouble:${trouble}`,
    async run(given) {
      const world = remote(given);
      const { fault } = await failing(world, () => world.vendor.trouble(trouble as ProviderTrouble));
      expectSame([fault?.code, fault?.kind], [code, providerFault(code).kind], JSON.stringify(fault));
    },
  }),
);

const statusKinds: readonly (readonly [status: number, kind: FaultKind])[] = [
  ...([
    [401, "auth"],
    [403, "auth"],
    [413, "overflow"],
    [429, "limited"],
    [529, "limited"],
  ] as const),
  ...([
    [500, "unavailable"],
    [502, "unavailable"],
    [503, "unavailable"],
    [504, "unavailable"],
  ] as const),
];

async function cutEverywhere(world: RemoteWorld, how: "error" | "end"): Promise<void> {
  const whole = world.play("text").says.text ?? "";
  for (let bytes = 0; bytes < 20_000; bytes += 61) {
    const { request } = world.play("text");
    world.vendor.cutAfter(bytes, how);
    const heard = await listen(world, request);
    // Past the vendor's word that the answer is whole, a cut takes nothing away.
    if (heard.step) return expectSame(heard.text, whole, "an answer that counts as whole is whole");
    expectSame(heard.fault?.kind, "unavailable", `${how} after ${bytes} bytes: ${JSON.stringify(heard.fault)}`);
    expectThat(whole.startsWith(heard.text), "what was said is a beginning of the answer");
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work;
  expectThat(performance.now() - began < ms, `it ends within ${ms} ms`);
  return result;
}

/** Text as a proxy in front of the vendor might send it, with the key in it. */
const page = (secret: string) => `<!doctype html><title>Bad gateway</title> Bearer ${secret}`;

export const providerFaultContract: readonly ContractCase<ProviderWorld>[] = [
  ...troubleCases,
  {
    name: "judges a bare status by its number, whatever the body is",
    needs: "remote",
    async run(given) {
      const world = remote(given);
      for (const [status, kind] of statusKinds) {
        for (const [body, type] of [
          ["", "text/plain"],
          [page(world.secret), "text/html"],
          ['{"error":', "application/json"],
          ["[]", "application/json"],
        ] as const) {
          const { fault } = await failing(world, () => world.vendor.answerWith(status, body, { "content-type": type }));
          expectSame(fault?.kind, kind, `status ${status} with the body ${JSON.stringify(body)}`);
        }
      }
    },
  },
  {
    name: "passes on how long the vendor asks to wait",
    needs: "remote",
    async run(given) {
      const world = remote(given);
      const until = (headers: Record<string, string>) =>
        failing(world, () =>
          world.vendor.answerWith(429, '{"error":{"message":"slow down"}}', {
            "content-type": "application/json",
            ...headers,
          }),
        );
      expectSame((await until({ "retry-after": "7" })).fault?.retryAt, world.now + 7000, "seconds");
      expectSame((await until({ "retry-after-ms": "1500" })).fault?.retryAt, world.now + 1500, "milliseconds");
      const at = Math.floor(world.now / 1000) * 1000 + 60_000;
      expectSame((await until({ "retry-after": new Date(at).toUTCString() })).fault?.retryAt, at, "a date");
      expectSame((await until({})).fault?.retryAt, undefined, "no time where none was given");
    },
  },
  {
    name: "keeps the vendor's own words, and never the key",
    needs: "remote",
    async run(given) {
      const world = remote(given);
      const body = JSON.stringify({
        type: "error",
        error: { message: `the zebra is asleep; key ${world.secret}`, type: "x", code: 400 },
      });
      const { fault } = await failing(world, () =>
        world.vendor.answerWith(400, body, { "content-type": "application/json" }),
      );
      expectThat(
        fault?.message.includes("the zebra is asleep") === true,
        `the message holds the vendor's words: ${fault?.message}`,
      );
    },
  },
  {
    name: "calls an answer that breaks off unavailable, wherever and however it does",
    needs: "cuts",
    async run(given) {
      const world = remote(given);
      for (const how of ["error", "end"] as const) await cutEverywhere(world, how);
    },
  },
  {
    name: "keeps what was said before an answer broke off",
    needs: "hangs",
    async run(given) {
      const world = remote(given);
      for (const how of ["error", "end"] as const) {
        const { request, says } = world.play("text");
        const [first = ""] = (says.text ?? "").split(" ");
        world.vendor.hang(first);
        const onEvent = (event: ProviderEvent) => event.type === "text-delta" && world.vendor.drop(how);
        const heard = await listen(world, request, { signal: new AbortController().signal, onEvent });
        expectSame(heard.fault?.kind, "unavailable", `${how}: ${JSON.stringify(heard.fault)}`);
        expectSame(heard.text.trim(), first, "what was said is kept");
      }
    },
  },
  {
    name: "calls an empty answer unavailable",
    needs: "empties",
    async run(given) {
      const world = remote(given);
      const { request } = world.play("empty");
      const { fault } = await listen(world, request);
      expectSame([fault?.kind, fault?.code], ["unavailable", "provider.empty"], "kind and code");
      for (const body of ["", "\n\n", "not what was asked for"]) {
        const heard = await failing(world, () => world.vendor.answerWith(200, body, { "content-type": "text/plain" }));
        expectSame(
          heard.fault?.kind,
          "unavailable",
          `an answer of ${JSON.stringify(body)}: ${JSON.stringify(heard.fault)}`,
        );
      }
    },
  },
  {
    name: "calls a vendor that cannot be reached unavailable",
    needs: "unplugs",
    async run(given) {
      const world = remote(given);
      const { fault } = await failing(world, () => world.vendor.unplug());
      expectSame(fault?.kind, "unavailable", JSON.stringify(fault));
    },
  },
  {
    name: "stops within a second when told to, in mid-answer, while it waits for one, and before it",
    needs: "hangs",
    async run(given) {
      const world = remote(given);
      const { request, says } = world.play("text");
      const [first = ""] = (says.text ?? "").split(" ");
      world.vendor.hang(first);
      const midway = new AbortController();
      const onEvent = (event: ProviderEvent) => event.type === "text-delta" && midway.abort();
      const heard = await within(1000, listen(world, request, { signal: midway.signal, onEvent }));
      expectSame(heard.fault?.kind, "aborted", JSON.stringify(heard.fault));
      expectSame(heard.text.trim(), first, "what was said is kept");

      const waiting = new AbortController();
      const asked = world.vendor.requests().length;
      const { request: unanswered } = world.play("text");
      world.vendor.hang();
      const silent = listen(world, unanswered, { signal: waiting.signal });
      while (world.vendor.requests().length === asked) await new Promise((resolve) => setTimeout(resolve, 1));
      waiting.abort();
      expectSame((await within(1000, silent)).fault?.kind, "aborted", "while it waits for the first word");

      const never = await listen(world, world.play("text").request, { signal: AbortSignal.abort() });
      expectSame([never.events.length, never.fault?.kind], [1, "aborted"], "nothing is said after the stop");
    },
  },
  {
    name: "lists no models and says why, with one of the nine kinds, when the vendor refuses",
    needs: "model-troubles",
    async run(given) {
      const world = remote(given);
      for (const [trouble, kind] of [
        ["auth", "auth"],
        ["server-error", "unavailable"],
      ] as const) {
        world.vendor.trouble(trouble);
        const thrown: unknown = await world.provider.models?.(new AbortController().signal).then(
          () => undefined,
          (error) => error,
        );
        expectThat(isFault(thrown) && faultKinds.includes(thrown.kind), `it rejects with a Fault: ${String(thrown)}`);
        expectSame(thrown.kind, kind, thrown.message);
        expectThat(!JSON.stringify(thrown).includes(world.secret), "no key in it");
      }
    },
  },
];
