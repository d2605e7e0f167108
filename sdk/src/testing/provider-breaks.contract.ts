// Every way for an answer to go wrong, at every point of it: whatever happens, one end, of the right kind, with what was
// said before, and never a call whose arguments are not whole.
import { toolCallsOf } from "../content.ts";
import type { FaultKind } from "../errors.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import {
  type Breaking,
  breakings,
  type ProviderScene,
  type ProviderWorld,
  type VendorLevers,
} from "./provider.world.ts";
import { type Heard, hearStep, listen } from "./provider-listen.ts";

type Breakable = ProviderWorld & {
  readonly vendor: VendorLevers;
  readonly breaks: NonNullable<ProviderWorld["breaks"]>;
};

function breakable(world: ProviderWorld): Breakable {
  expectThat(world.vendor !== undefined && world.breaks !== undefined, "the world has a vendor that breaks");
  return world as Breakable;
}

/** What must hold wherever it broke. `whole` is the answer as it would have been. */
function expectHonestEnd(heard: Heard, whole: Heard, at: string, kind: FaultKind): void {
  expectThat(whole.text.startsWith(heard.text), `${at}: what was said is a beginning of the answer`);
  expectThat(whole.thinking.startsWith(heard.thinking), `${at}: what was thought is a beginning too`);
  // Past the vendor's word that the answer is whole, nothing takes it away.
  if (heard.step) {
    expectSame(callsOf(heard), callsOf(whole), `${at}: its calls are whole`);
    expectSame(heard.text, whole.text, `${at}: an answer that counts as whole is whole`);
    return;
  }
  expectSame(heard.fault?.kind, kind, `${at}: ${JSON.stringify(heard.fault)}`);
}

/** Without ids, which some providers make anew each time. */
function callsOf({ step }: Heard) {
  return toolCallsOf(step?.content ?? []).map(({ name, input, malformed }) => ({ name, input, malformed }));
}

async function hearStopped(world: Breakable, scene: ProviderScene, events: number): Promise<Heard | undefined> {
  const { request } = world.play(scene);
  if (!world.vendor.breakAfter(events, "hang")) return undefined;
  const stop = new AbortController();
  const hanging = world.vendor.hanging();
  const hearing = listen(world, request, { signal: stop.signal });
  await hanging;
  const began = performance.now();
  stop.abort();
  const heard = await hearing;
  expectThat(performance.now() - began < 1000, "it stops within a second");
  return heard;
}

/** The number of points that were tried. */
async function breakEverywhere(world: Breakable, scene: ProviderScene, how: Breaking): Promise<number> {
  const whole = await hearStep(world, scene);
  const kind = how === "hang" ? "aborted" : how === "fault" ? world.breaks.kind : "unavailable";
  for (let events = 0; ; events += 1) {
    const heard =
      how === "hang" ? await hearStopped(world, scene, events) : await hearOnce(world, scene, { events, how });
    if (!heard) return events;
    expectHonestEnd(heard, whole, `${how} after ${events} events of ${scene}`, kind);
  }
}

async function hearOnce(
  world: Breakable,
  scene: ProviderScene,
  { events, how }: { readonly events: number; readonly how: Breaking },
): Promise<Heard | undefined> {
  const { request } = world.play(scene);
  return world.vendor.breakAfter(events, how) ? listen(world, request) : undefined;
}

/** Bytes are cut within events too, so that half of one arrives. */
async function cutEverywhere(world: Breakable, scene: ProviderScene, how: "error" | "end"): Promise<void> {
  const whole = await hearStep(world, scene);
  for (let bytes = 0; bytes < 20_000; bytes += 97) {
    const { request } = world.play(scene);
    world.vendor.cutAfter(bytes, how);
    const heard = await listen(world, request);
    expectHonestEnd(heard, whole, `${how} after ${bytes} bytes of ${scene}`, "unavailable");
    if (heard.step) return;
  }
}

const said: Readonly<Record<Breaking, string>> = {
  error: "an error of the connection",
  end: "an end",
  garbage: "garbage",
  fault: "the vendor's word of a failure",
  hang: "silence and then a stop",
};

const scenes = ["text", "thinking", "tool-call", "parallel-calls"] as const;

export const providerBreaksContract: readonly ContractCase<ProviderWorld>[] = [
  ...breakings.map(
    (how): ContractCase<ProviderWorld> => ({
      name: `[T40] ends once and honestly when there is ${said[how]} between any two events`,
      needs: "breaks",
      async run(given) {
        const world = breakable(given);
        for (const scene of scenes)
          expectThat((await breakEverywhere(world, scene, how)) > 0, `${scene} has points to break at`);
      },
    }),
  ),
  {
    name: "ends once and honestly when an event arrives by half",
    needs: "breaks",
    async run(given) {
      const world = breakable(given);
      for (const scene of scenes) for (const how of ["error", "end"] as const) await cutEverywhere(world, scene, how);
    },
  },
];
