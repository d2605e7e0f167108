// What every Channel promises, whatever the platform: nothing lost, nothing twice, nothing invented.

import type { ChannelWorld } from "./channel.world.ts";
import { channelHearing } from "./channel-hearing.contract.ts";
import { channelPlaces } from "./channel-places.contract.ts";
import { channelSending } from "./channel-sending.contract.ts";
import type { ContractCase } from "./contract.ts";

export const channelContract: readonly ContractCase<ChannelWorld>[] = [
  ...channelHearing,
  ...channelSending,
  ...channelPlaces,
];
