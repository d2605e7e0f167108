// How the owner's own programs get secrets, in homarus.json. Evaluated when the catalog is built; at run time only types
// come from here.
import { s } from "@homarus/sdk";

export const secrets = s.object(
  {
    leases: s.withDefault(
      s.object(
        {
          enabled: s.withDefault(
            s.boolean({ help: "Whether run/secrets.sock of the state folder gives secrets to programs with a lease." }),
            false,
          ),
          longestMinutes: s.withDefault(
            s.integer({ min: 1, max: 10_080, help: "No lease is made for longer. A day is 1440." }),
            1440,
          ),
        },
        { title: "Leases", help: "Secrets of the vault for your own programs, for a while: homarus secrets lease." },
      ),
      {},
    ),
  },
  { title: "Secrets" },
);
