// The provider contract over what was recorded of a vendor: a test says only what this vendor has besides, or lacks.
import type { Json } from "../content.ts";
import type { ModelRequest } from "../ports/provider.ts";
import { type Runner, runContract } from "./contract.ts";
import type { FakeVendor } from "./fake-vendor.ts";
import { providerContract } from "./provider.contract.ts";
import { type ProviderWorld, troubleCapabilities } from "./provider.world.ts";
import { listen, plainRequest, userTurn } from "./provider-listen.ts";
import { openVendorWorld, type RecordedVendor } from "./vendor-world.ts";

/** What a vendor at the far end of a line can do, as a rule. */
const usual = [
  ...["remote", "tools", "parallel-calls", "malformed-arguments", "usage", "length", "cut-calls", "refusals", "models"],
  ...["cuts", "empties", "unplugs", "hangs", "model-troubles", "breaks"],
] as const;

export interface VendorClaims {
  readonly title: string;
  /** Capabilities besides the usual; those of its refusals are read off its recorded troubles. */
  readonly has?: readonly string[];
  /** Of the usual. */
  readonly lacks?: readonly (typeof usual)[number][];
}

export function vendorContract<Config>(
  runner: Runner,
  recorded: RecordedVendor<Config>,
  { title, has = [], lacks = [] }: VendorClaims,
): void {
  const capabilities = [
    ...usual.filter((name) => !lacks.includes(name)),
    ...has,
    ...troubleCapabilities(recorded.troubles),
  ];
  const open = async () => openVendorWorld(recorded);
  runContract<ProviderWorld>(runner, providerContract, { title, capabilities, open });
}

/** The body of the request for an answer, as the vendor got it. */
export async function sentIn(
  world: ProviderWorld & { readonly vendor: FakeVendor },
  asked: ModelRequest = plainRequest(world.model, [userTurn("hi")]),
): Promise<Json | undefined> {
  world.play("text");
  await listen(world, asked);
  return world.vendor.requests().at(-1);
}
