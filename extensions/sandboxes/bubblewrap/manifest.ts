import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "bubblewrap",
  kind: "sandbox",
  title: "Bubblewrap",
  description:
    "Runs each command in namespaces of its own: it sees the workspace and a read-only system, and has no network.",
  since: "0.1",
  capabilities: [
    "network-off",
    "memory-limit",
    "process-limit",
    "disk-limit",
    "cpu-limit",
    "mounts",
    "egress",
    "terminal",
  ],
  permissions: { hosts: [] },
  config: s.object({
    program: s.withDefault(
      s.string({ title: "Program", help: "Where bubblewrap is, when it is not on the usual path." }),
      "bwrap",
    ),
    readable: s.withDefault(
      s.list(s.string(), {
        title: "Readable folders",
        help: "More folders that commands may read, as absolute paths, for example /opt or /nix.",
      }),
      [],
    ),
    user: s.withDefault(
      s.integer({
        title: "User",
        help: "Number of the user that commands are where the house runs as root and the workspace is root's. It gets the workspace.",
        min: 1,
        max: 4_294_967_293,
      }),
      59_873,
    ),
  }),
});
