// The command line and the node host of release 2026.2.17 of the peer, which speak protocol 3.
import { provePrograms } from "./openclaw-suite.ts";

provePrograms({ release: "2026.2.17", peer: "openclaw-3", feature: "G01", noJobs: "No cron jobs." });
