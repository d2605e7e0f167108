// What is wrong with a config that no schema can say: the rooms' own questions to their sections.
import { egressTroubles } from "../core/egress/troubles.ts";
import type { ConfigIssue } from "../host/config/check.ts";
import type { HouseConfig } from "../host/config/schema.ts";

/** Asked once a config fits its schema. */
export function configFaults(config: HouseConfig): readonly ConfigIssue[] {
  return egressTroubles(config.egress).map(({ path, message }) => ({ path: `egress.${path}`, message }));
}
