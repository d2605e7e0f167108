// The command line and the node host of release 2026.9.6 of the peer, which speak protocol 4.
import { provePrograms } from "./openclaw-suite.ts";

provePrograms({ release: "2026.9.6", peer: "openclaw-4", feature: "Y24", noJobs: "No automations." });
