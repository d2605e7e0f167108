// All rules, family by family. A new one is a line of its family's table.
import type { Rule } from "../verdict.ts";
import { cloud } from "./cloud.ts";
import { containers } from "./containers.ts";
import { databases } from "./databases.ts";
import { deletion } from "./deletion.ts";
import { disks } from "./disks.ts";
import { doors } from "./doors.ts";
import { emptying } from "./emptying.ts";
import { environment } from "./environment.ts";
import { exhaustion } from "./exhaustion.ts";
import { finding } from "./finding.ts";
import { git } from "./git.ts";
import { hidden } from "./hidden.ts";
import { hunting } from "./hunting.ts";
import { network } from "./network.ts";
import { packages } from "./packages.ts";
import { planted } from "./planted.ts";
import { power } from "./power.ts";
import { privilege } from "./privilege.ts";
import { processes } from "./processes.ts";
import { reaching } from "./reaching.ts";
import { secrets } from "./secrets.ts";
import { sending } from "./sending.ts";
import { services } from "./services.ts";
import { tampering } from "./tampering.ts";
import { windows } from "./windows.ts";
import { writing } from "./writing.ts";

export const families: readonly Rule[] = [
  ...deletion,
  ...finding,
  ...emptying,
  ...disks,
  ...power,
  ...writing,
  ...hidden,
  ...planted,
  ...secrets,
  ...sending,
  ...hunting,
  ...network,
  ...processes,
  ...exhaustion,
  ...privilege,
  ...environment,
  ...tampering,
  ...containers,
  ...cloud,
  ...databases,
  ...git,
  ...packages,
  ...doors,
  ...services,
  ...windows,
  ...reaching,
];
