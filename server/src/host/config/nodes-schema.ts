// The gateway's settings about nodes: what they may be asked beyond what their platform allows.
// Evaluated when the catalog is built; at run time only types come from here.
import { s } from "@homarus/sdk";

export const nodes = s.object(
  {
    allowCommands: s.withDefault(
      s.list(s.string({ minLength: 1 }), {
        help: "Commands that nodes may be asked beside the usual ones, for example camera.snap, or sms.* for a group.",
      }),
      [],
    ),
    denyCommands: s.withDefault(
      s.list(s.string({ minLength: 1 }), { help: "Commands that no node is asked. Wins over allowCommands." }),
      [],
    ),
  },
  { title: "Nodes", help: "Other machines and phones that do something for the house." },
);
