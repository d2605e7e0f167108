// The contract over real sockets: our own fake vendors behind a server, so that cuts, stalls and stops are those of a
// connection and not of a stream in memory.
import { describe, test } from "bun:test";
import { type ProviderWorld, plainRequest, providerContract, runContract, userTurn } from "@homarus/sdk/testing";
import { serveVendor } from "./served.ts";
import { breaksOf, clock, openVendor, type Subject, saysOf, secret, subjects, troublesOf } from "./subjects.ts";

const capabilities = [
  ...[
    "remote",
    "thinking",
    "tools",
    "parallel-calls",
    "malformed-arguments",
    "usage",
    "length",
    "cut-calls",
    "refusals",
    "models",
  ],
  ...["history-images", "thinking-replay", "cuts", "empties", "unplugs", "hangs", "model-troubles", "breaks"],
];

async function open(subject: Subject): Promise<ProviderWorld & AsyncDisposable> {
  const vendor = openVendor(subject);
  const served = await serveVendor(vendor);
  const says = saysOf(subject);
  const { id, model } = subject;
  return {
    ...{ provider: subject.open(served.address, fetch), id, model, now: clock.now(), secret },
    breaks: breaksOf(subject),
    vendor: { ...vendor, unplug: () => void served.close() },
    play(scene) {
      vendor.play(scene);
      return { request: plainRequest(model, [userTurn("hello")]), says: says[scene] };
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

for (const subject of subjects) {
  runContract<ProviderWorld>({ describe, test }, providerContract, {
    title: `${subject.title}, over a socket`,
    capabilities: [...capabilities, ...troublesOf(subject)].filter((name) => !subject.unsaid.includes(name)),
    open: () => open(subject),
  });
}
